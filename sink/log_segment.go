package sink

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"path/filepath"
	"strconv"
	"strings"
)

// A log on disk is a directory of segments, each named after the number of its
// first entry:
//
//	00000000000000000000.log   00000000000000004711.log   lock
//
//	segment: │ "freshet1" │ first number u64 │ n u8 │ id before it, n bytes │ crc32c u32 │ record ...
//	record:  │ length of the body u32 │ crc32c of length and body u32 │ body
//	body:    │ number u64 │ unix nanoseconds i64 │ n u8 │ id, n bytes │ encoded value
//
// Numbers are little-endian. Records are only ever added at the end, and the
// number inside tells a record from bytes that look like one.
const (
	segmentMagic  = "freshet1"
	segmentSuffix = ".log"
	recordHead    = 4 + 4
	bodyHead      = 8 + 8 + 1
	headerLeast   = len(segmentMagic) + 8 + 1 + 4

	// maxPayload keeps a record's length within what one write and one read
	// can do.
	maxPayload = 256 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// ErrCorrupt is matched by every [CorruptError].
var ErrCorrupt = errors.New("sink: a file of the log is damaged")

// CorruptError tells where a log on disk is damaged in a way that no crash of
// this program explains: not at its end.
type CorruptError struct {
	File   string // the path of the segment
	Offset int64  // of the first byte that cannot be right
	Reason string
}

// Error names the file, the offset and the reason.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("sink: %s is damaged at byte %d: %s", e.File, e.Offset, e.Reason)
}

// Is matches [ErrCorrupt].
func (e *CorruptError) Is(target error) bool { return target == ErrCorrupt }

func segmentName(dir string, first uint64) string {
	return filepath.Join(dir, fmt.Sprintf("%020d%s", first, segmentSuffix))
}

// segmentNumber reads the number out of the name of a file.
func segmentNumber(name string) (first uint64, ok bool) {
	text, ok := strings.CutSuffix(name, segmentSuffix)
	if !ok || len(text) != 20 {
		return 0, false
	}
	first, err := strconv.ParseUint(text, 10, 64)
	return first, err == nil
}

// appendHeader appends the head of a segment.
func appendHeader(b []byte, first uint64, before string) []byte {
	at := len(b)
	b = append(b, segmentMagic...)
	b = binary.LittleEndian.AppendUint64(b, first)
	b = append(b, byte(len(before)))
	b = append(b, before...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[at:], castagnoli))
}

// readHeader reads the head of a segment. torn says that b is too short for it.
func readHeader(b []byte) (first uint64, before string, size int, torn bool, reason string) {
	if len(b) < headerLeast {
		return 0, "", 0, true, "the head is incomplete"
	}
	n := len(segmentMagic) + 8
	size = headerLeast + int(b[n])
	if len(b) < size {
		return 0, "", 0, true, "the head is incomplete"
	}
	sum := binary.LittleEndian.Uint32(b[size-4:])
	switch {
	case string(b[:len(segmentMagic)]) != segmentMagic:
		return 0, "", 0, false, "this is not a segment of a log, or one of another version"
	case sum != crc32.Checksum(b[:size-4], castagnoli):
		return 0, "", 0, false, "the checksum of the head is wrong"
	}
	return binary.LittleEndian.Uint64(b[len(segmentMagic):]), string(b[n+1 : size-4]), size, false, ""
}

// record is one entry as it stands in a file.
type record struct {
	number  uint64
	at      int64
	id      string
	payload []byte
}

// appendRecord appends the bytes of a record.
func appendRecord(b []byte, r record) []byte {
	at := len(b)
	b = binary.LittleEndian.AppendUint32(b, uint32(bodyHead+len(r.id)+len(r.payload)))
	b = append(b, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint64(b, r.number)
	b = binary.LittleEndian.AppendUint64(b, uint64(r.at))
	b = append(b, byte(len(r.id)))
	b = append(b, r.id...)
	b = append(b, r.payload...)
	binary.LittleEndian.PutUint32(b[at+4:], recordSum(b[at:]))
	return b
}

// recordSum is the checksum of a whole record, over all but itself.
func recordSum(b []byte) uint32 {
	return crc32.Update(crc32.Checksum(b[:4], castagnoli), castagnoli, b[recordHead:])
}

// readRecord reads the record at the start of b, which keeps the payload. It
// gives a reason if there is none.
func readRecord(b []byte) (r record, size int, reason string) {
	if len(b) < recordHead+bodyHead {
		return r, 0, "a record is incomplete"
	}
	length := int64(binary.LittleEndian.Uint32(b))
	if length < bodyHead || length > maxPayload+bodyHead+MaxID {
		return r, 0, fmt.Sprintf("a record has the length %d, which none can have", length)
	}
	size = recordHead + int(length)
	if len(b) < size {
		return r, 0, "a record is incomplete"
	}
	if recordSum(b[:size]) != binary.LittleEndian.Uint32(b[4:]) {
		return r, 0, "the checksum of a record is wrong"
	}
	body := b[recordHead:size]
	idLength := int(body[bodyHead-1])
	if bodyHead+idLength > len(body) {
		return r, 0, "the id of a record is longer than the record"
	}
	r.number = binary.LittleEndian.Uint64(body)
	r.at = int64(binary.LittleEndian.Uint64(body[8:]))
	r.id = string(body[bodyHead : bodyHead+idLength])
	r.payload = body[bodyHead+idLength:]
	return r, size, ""
}

// resumes tells whether a whole record of a later entry stands anywhere in b:
// then what comes before it was not torn off by a crash.
func resumes(b []byte, after uint64) bool {
	for at := range b {
		if r, _, reason := readRecord(b[at:]); reason == "" && r.number >= after {
			return true
		}
	}
	return false
}
