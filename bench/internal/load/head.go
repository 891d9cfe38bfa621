package load

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
)

// maxHead bounds a response head.
const maxHead = 16 << 10

// errHeadTooLong says that no blank line came within maxHead bytes.
var errHeadTooLong = fmt.Errorf("response head longer than %d bytes", maxHead)

// errHeadMalformed stands for every head that is not HTTP.
var errHeadMalformed = errors.New("response head is not HTTP")

var blankLine = []byte("\r\n\r\n")

// splitHead gives the head, its blank line included, and what follows it. ok is
// false while the blank line has not come.
func splitHead(b []byte) (head, rest []byte, ok bool, err error) {
	i := bytes.Index(b, blankLine)
	if i < 0 {
		if len(b) > maxHead {
			return nil, nil, false, errHeadTooLong
		}
		return nil, nil, false, nil
	}
	i += len(blankLine)
	return b[:i], b[i:], true, nil
}

// parseHead reads a response head and gives the framing of its body. An error
// says why the response is no event stream; its text is short and the same for
// the same reason, since errors are counted by text.
func parseHead(head []byte) (body, error) {
	r, err := http.ReadResponse(bufio.NewReaderSize(bytes.NewReader(head), 1024), nil)
	if err != nil {
		return body{}, errHeadMalformed
	}
	defer func() { _ = r.Body.Close() }()
	if r.StatusCode != http.StatusOK {
		return body{}, fmt.Errorf("status %d", r.StatusCode)
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "text/event-stream" {
		return body{}, fmt.Errorf("content type %q", kind)
	}
	switch {
	case len(r.TransferEncoding) > 0: // net/http accepts chunked alone
		return body{framing: chunked}, nil
	case r.ContentLength >= 0:
		return body{framing: sized, left: r.ContentLength}, nil
	}
	return body{}, nil
}
