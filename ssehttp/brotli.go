package ssehttp

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"sync"

	"github.com/molecule-man/go-brrr"
)

// A brotli stream (RFC 7932) is a header of a few bits and then meta-blocks, each of
// which begins at the bit where the one before it ends. What the two quickest levels
// make of a text refers to nothing before it, no text, no distance, no context, so it
// may stand anywhere in a stream if it begins at the same bit of a byte as it did
// behind its header, the fifth: parts of it may be text as it is, which begins at a
// whole byte. But a fragment has to begin and to end at whole bytes. So it is
//
//	│ its first byte as a block of 84 bits, written here │ the rest, compressed │ an empty block, to the byte's end │
//
// 84 bits end behind the fourth of a byte; for that, two codes of the block have a
// second symbol, which is never used.

const (
	brotliWindow = 18         // bits: 256 KiB, what every reader must keep
	brotliHeader = "\x63\x00" // that window, and an empty block
	brotliFinal  = 3          // an empty last block
)

// brotlis are compressors that are between two fragments.
var brotlis = sync.Pool{New: func() any {
	w, _ := brrr.NewWriterOptions(nil, 1, brrr.WriterOptions{LGWin: brotliWindow}) // the options are right
	return w
}}

func brotlied(raw []byte) []byte {
	if len(raw) == 0 {
		return nil
	}
	const first = 10 // bytes, and 4 bits in place of the header of what follows
	w := brotlis.Get().(*brrr.Writer)
	defer brotlis.Put(w)
	buf := bytes.NewBuffer(make([]byte, first, first+len(raw)/2+64))
	w.Reset(buf)
	_, _ = w.Write(raw[1:]) // to memory
	_ = w.Close()
	w.Reset(nil)
	b := buf.Bytes()
	b[first] &^= 0x0f
	firstBlock(b, raw[0])
	return openEnded(b)
}

// firstBlock writes a block of one byte, field by field as in section 9.2 of the RFC:
// what is not mentioned is 0.
func firstBlock(b []byte, literal byte) {
	const (
		simple     = 1      // a prefix code that is a list of its symbols
		two        = 1      // of them
		insertOne  = 1 << 3 // the command: one literal, and a copy that is not reached
		codeOfData = 33     // the place of the code of literals, behind the head of the block
	)
	low := uint64(simple|two<<2)<<codeOfData | uint64(literal&^1)<<37 | uint64(literal|1)<<45 |
		simple<<53 | insertOne<<57
	high := simple<<3 | two<<5 | 1<<13 | uint32(literal&1)<<19 // the code of distances: 0 and 1; then which literal
	binary.LittleEndian.PutUint64(b, low)
	binary.LittleEndian.PutUint16(b[8:], uint16(high))
	b[10] |= byte(high >> 16)
}

// openEnded puts an empty block that is not the last in place of the one that is, which
// are the highest two bits of the stream, and fills up its byte.
func openEnded(b []byte) []byte {
	end := 8*len(b) - bits.LeadingZeros8(b[len(b)-1]) // in bits
	block := end - 2
	for len(b) < (block+6+7)/8 { // bits: not last, then 3 for metadata, 0 reserved, and 0 bytes of it
		b = append(b, 0)
	}
	b[block/8] &^= 1 << (block % 8)
	b[(block+2)/8] |= 1 << ((block + 2) % 8)
	return b
}
