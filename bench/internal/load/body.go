package load

import "fmt"

// framing says how a body is laid on the connection.
type framing uint8

const (
	untilClose framing = iota
	chunked
	sized
)

// chunkPart is where in a chunked body the next byte stands.
type chunkPart uint8

const (
	chunkSize    chunkPart = iota // in the hexadecimal size
	chunkExt                      // in what may follow the size, up to LF
	chunkData                     // in the data
	chunkEnd                      // between the data and the LF that ends it
	trailerStart                  // at the start of a trailer line
	trailerLine                   // inside a trailer line
)

// maxChunk bounds the size that a chunk may announce.
const maxChunk = 1 << 40

// body takes a response body out of its transfer coding, in pieces of any size.
// The zero body is one that ends when the connection does.
type body struct {
	framing framing
	part    chunkPart
	digits  bool  // the chunk size has at least one digit
	left    int64 // bytes still to come of this chunk, or of a sized body
}

// feed gives the content in b to out, in order and without copying it, and
// reports whether the body ended.
func (d *body) feed(b []byte, out func([]byte) error) (ended bool, err error) {
	switch d.framing {
	case chunked:
		return d.feedChunked(b, out)
	case sized:
		n := min(d.left, int64(len(b)))
		d.left -= n
		return d.left == 0, out(b[:n])
	}
	return false, out(b)
}

func (d *body) feedChunked(b []byte, out func([]byte) error) (ended bool, err error) {
	for len(b) > 0 {
		if d.part == chunkData {
			n := min(d.left, int64(len(b)))
			if err := out(b[:n]); err != nil {
				return false, err
			}
			b, d.left = b[n:], d.left-n
			if d.left == 0 {
				d.part = chunkEnd
			}
			continue
		}
		if ended, err = d.step(b[0]); ended || err != nil {
			return ended, err
		}
		b = b[1:]
	}
	return false, nil
}

// step takes one byte of what is not data. CR is accepted anywhere before LF.
func (d *body) step(c byte) (ended bool, err error) {
	switch d.part {
	case chunkSize:
		return false, d.size(c)
	case chunkExt:
		if c == '\n' {
			d.sizeDone()
		}
	case chunkEnd:
		if c == '\n' {
			*d = body{framing: chunked}
		} else if c != '\r' {
			return false, fmt.Errorf("chunk: byte %q where its end was due", c)
		}
	case trailerStart:
		if c == '\n' {
			return true, nil
		}
		if c != '\r' {
			d.part = trailerLine
		}
	case trailerLine:
		if c == '\n' {
			d.part = trailerStart
		}
	}
	return false, nil
}

func (d *body) size(c byte) error {
	if v := hexDigit(c); v >= 0 {
		d.left, d.digits = d.left<<4|int64(v), true
		if d.left > maxChunk {
			return fmt.Errorf("chunk size over %d", int64(maxChunk))
		}
		return nil
	}
	if !d.digits {
		return fmt.Errorf("chunk size: byte %q is no hexadecimal digit", c)
	}
	switch c {
	case '\n':
		d.sizeDone()
	case '\r', ';', ' ', '\t':
		d.part = chunkExt
	default:
		return fmt.Errorf("chunk size: byte %q is no hexadecimal digit", c)
	}
	return nil
}

func (d *body) sizeDone() {
	d.part = chunkData
	if d.left == 0 {
		d.part = trailerStart
	}
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
