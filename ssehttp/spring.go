package ssehttp

import "strings"

// # Spring mode
//
// The bytes of WebFlux's ServerSentEventHttpMessageWriter, with UTF-8:
//
//	id:42
//	event:price
//	retry:3000
//	:a comment
//	data:first line of the data
//	data:second line
//	(blank line)
//
// It differs from Standard in that
//
//   - no space follows a colon, so data " x" reads back as "x";
//   - an event without data has no data line, and a comment alone ends in a
//     blank line like anything else; an event with nothing set is one LF. Data
//     that is there but empty is Event.WithEmpty(FieldData);
//   - id and event may be anything that fits on one line: empty (WithEmpty),
//     with blanks around it, with a NUL in it;
//   - retry is truncated to milliseconds and may be negative.
//
// Where Java writes a question mark for half of a surrogate pair, a Go string
// holds bytes that are not UTF-8, and each becomes U+FFFD, in every field.

func (e *Event) appendSpring(dst []byte) []byte {
	if e.has(FieldID) {
		dst = appendLines(dst, "id:", e.ID)
	}
	if e.has(FieldName) {
		dst = appendLines(dst, "event:", e.Name)
	}
	if e.has(FieldRetry) {
		dst = appendRetry(dst, "retry:", e.Retry.Milliseconds())
	}
	if e.has(FieldComment) {
		dst = appendLines(dst, ":", e.Comment)
	}
	if e.has(FieldData) {
		dst = appendLines(dst, "data:", e.Data)
	}
	return append(dst, '\n')
}

func (e *Event) checkSpring() error {
	if err := checkOneLine("id", e.ID); err != nil {
		return err
	}
	return checkOneLine("event name", e.Name)
}

func checkOneLine(field, v string) error {
	if strings.IndexByte(v, '\n') >= 0 || strings.IndexByte(v, '\r') >= 0 {
		return refuse(field, v, "CR and LF end a line and would start another field")
	}
	return nil
}
