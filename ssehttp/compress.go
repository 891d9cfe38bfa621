package ssehttp

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
)

// # Compressed streams
//
// A compressor for each connection would know what was sent before and compress
// better, and would cost each connection its window and its tables (hundreds of KiB)
// and each event its work once a connection. Here every event is compressed by itself,
// into a fragment that can stand behind any other, so that it is compressed once for
// everybody, and a connection has 8 bytes of state:
//
//   - zstd: a fragment is a frame; a stream of frames is what the format says it is.
//   - gzip: a fragment is a run of deflate blocks that refers to nothing before it and
//     ends at a byte (an empty stored block, as after a flush). The stream is one
//     member, because browsers stop reading behind the first: its checksum is put
//     together from those of the fragments.
//   - br: a fragment is a run of meta-blocks that refer to nothing before them and end
//     at a byte (brotli.go).
//
// What comes for a connection within a turn still goes out in one write, and nothing
// is kept back: an event that was sent can be read.

// Coding is a way to compress a stream: the content-coding of its response.
type Coding uint8

const (
	// Gzip is understood by every client.
	Gzip Coding = 1 + iota
	// Zstd costs less CPU to read; browsers ask for it over TLS.
	Zstd
	// Brotli is what browsers ask for over TLS too, also those that do not know zstd.
	Brotli

	codings
)

// String returns the name by which HTTP knows the coding.
func (k Coding) String() string {
	switch k {
	case Gzip:
		return "gzip"
	case Zstd:
		return "zstd"
	case Brotli:
		return "br"
	}
	return "Coding(" + strconv.Itoa(int(k)) + ")"
}

func codingsError(list []Coding) error {
	for i, k := range list {
		if k == 0 || k >= codings {
			return fmt.Errorf("%w: Compression[%d] is %v; it must be Gzip, Zstd or Brotli", ErrInvalidOptions, i, k)
		}
		if slices.Contains(list[:i], k) {
			return fmt.Errorf("%w: Compression has %v twice", ErrInvalidOptions, k)
		}
	}
	return nil
}

// coding picks the first of the server's that an Accept-Encoding header lets through,
// or 0.
func (s *Server) coding(header string) Coding {
	for _, k := range s.opts.Compression {
		if acceptsCoding(header, k.String()) {
			return k
		}
	}
	return 0
}

// acceptsCoding looks for a coding in an Accept-Encoding header. What is not named
// there is only accepted by a *.
func acceptsCoding(header, name string) bool {
	accepted := false
	for part := range strings.SplitSeq(header, ",") {
		coding, params, _ := strings.Cut(part, ";")
		switch coding = strings.TrimSpace(coding); {
		case strings.EqualFold(coding, name), name == "gzip" && strings.EqualFold(coding, "x-gzip"):
			return !weighsNothing(params)
		case coding == "*":
			accepted = !weighsNothing(params)
		}
	}
	return accepted
}

// fragment compresses raw into bytes that stand for themselves. Behind the end of
// those of gzip, within their capacity, is their checksum: see checks.
func (k Coding) fragment(raw []byte) []byte {
	switch k {
	case Gzip:
		return deflated(raw)
	case Zstd:
		return zstdEncoder().EncodeAll(raw, nil)
	case Brotli:
		return brotlied(raw)
	}
	return raw
}

// usual is what every stream of a coding says.
type usual struct {
	opener    []byte // what it begins with: the comment that it is open
	opened    gzipSum
	heartbeat []byte
}

// usuals are those of every coding, each made when it is first needed: a compressor
// takes half a MiB, and a server that compresses nothing has none.
var usuals = [codings]func() *usual{
	sync.OnceValue(func() *usual { return usualOf(0) }),
	Gzip:   sync.OnceValue(func() *usual { return usualOf(Gzip) }),
	Zstd:   sync.OnceValue(func() *usual { return usualOf(Zstd) }),
	Brotli: sync.OnceValue(func() *usual { return usualOf(Brotli) }),
}

func usualOf(k Coding) *usual {
	open := k.fragment([]byte(openComment))
	u := &usual{opener: open, heartbeat: k.fragment([]byte(heartbeat))}
	switch k {
	case Gzip:
		u.opener = append([]byte(gzipHeader), open...)
		u.opened.add(open)
	case Brotli:
		u.opener = append([]byte(brotliHeader), open...)
	}
	return u
}

func (k Coding) usual() *usual { return usuals[k]() }

// zstdEncoder is one for all: EncodeAll may be called by any goroutine, and has a
// compressor for each of GOMAXPROCS.
var zstdEncoder = sync.OnceValue(func() *zstd.Encoder {
	e, _ := zstd.NewWriter(nil, zstd.WithEncoderCRC(false), zstd.WithZeroFrames(true),
		zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(largestWindow), zstd.WithLowerEncoderMem(true)) // the options are right
	return e
})

const largestWindow = 256 << 10 // of zstd: what an encoder keeps of a large event, and every reader must

// deflaters are compressors that are between two fragments.
var deflaters = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, deflateLevel) // the level is right
	return w
}}

const deflateLevel = 5

func deflated(raw []byte) []byte {
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	buf := bytes.NewBuffer(make([]byte, 0, len(raw)/2+64))
	w.Reset(buf)
	if len(raw) > 0 {
		_, _ = w.Write(raw) // to memory
		_ = w.Flush()
	}
	w.Reset(nil)
	return withChecks(buf.Bytes(), raw)
}

// coding is that of the stream, 0 for none.
func (c *conn) coding() Coding {
	if c.record == nil {
		return 0
	}
	return c.record.coding
}

// carryCoded hands over an event of a compressed stream.
func (c *conn) carryCoded(e *Event, k Coding) error {
	mode := c.srv.opts.Mode
	if e.frame.holds(e) {
		if f := e.frame.codedForm(mode, k); f != nil {
			c.out.carry(f)
			return nil
		}
	}
	raw, err := e.appendTo(make([]byte, 0, e.wireSize()), mode)
	if err == nil {
		f := k.fragment(raw)
		c.out.carry(&f)
	}
	return err
}

// lined is told by the transport what it puts behind everything before, and gives
// the bytes to send: of the last ones, with what ends a stream of its coding.
func (c *conn) lined(frame []byte, last bool) []byte {
	k := c.coding()
	if k == Gzip {
		c.record.sum.add(frame)
	}
	switch {
	case last && k == Gzip:
		return c.record.sum.trailer(bytes.Clone(frame))
	case last && k == Brotli:
		return append(bytes.Clone(frame), brotliFinal)
	}
	return frame
}

// ends tells whether streams of a coding end with something of their own.
func (k Coding) ends() bool { return k == Gzip || k == Brotli }
