package ssehttp

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTheChunksOfABurstServeTheNextOne(t *testing.T) {
	sh := &shard{}
	burst := func(n int) inbox {
		for i := range n {
			c := sh.chunk()
			off := len(c.bytes)
			c.bytes = append(c.bytes, byte(i), byte(i>>8))
			c.entries = append(c.entries, entry{off: uint32(off), n: 2})
		}
		in := sh.in
		sh.in = inbox{}
		return in
	}
	const n = 3*chunkEntries + 1
	in := burst(n)
	assert.Len(t, in.chunks, 4)
	for i := range uint32(n) {
		own, ok := in.inOnePiece(i)
		assert.True(t, ok)
		assert.Equal(t, []byte{byte(i), byte(i >> 8)}, own)
	}
	first := &in.chunks[0].entries[0]
	sh.unused.give(in)
	assert.Len(t, sh.unused, 4)
	again := burst(n)
	assert.Empty(t, sh.unused)
	reused := false
	for _, c := range again.chunks {
		reused = reused || &c.entries[0] == first
	}
	assert.True(t, reused)
}

func TestOnlyTheChunksThatTurnsNeedAreKept(t *testing.T) {
	sh := &shard{}
	for range 100 * chunkEntries {
		c := sh.chunk()
		c.entries = append(c.entries, entry{})
	}
	sh.giveBack(sh.in)
	sh.in = inbox{}
	sh.trim()
	assert.Len(t, sh.unused, 100, "the last turns needed them")
	sh.trim()
	assert.Len(t, sh.unused, usualChunks)
}

func TestAChunkForgetsWhatItHeld(t *testing.T) {
	var unused chunks
	frame := []byte("x")
	in := inbox{chunks: []chunk{{entries: make([]entry, 0, chunkEntries), bytes: make([]byte, 0, 2*chunkBytes)}}}
	in.chunks[0].entries = append(in.chunks[0].entries, entry{frame: &frame})
	unused.give(in)
	c := unused.take()
	assert.Nil(t, c.entries[:1][0].frame)
	assert.Nil(t, c.bytes, "a burst of large events must not stay for ever")
}
