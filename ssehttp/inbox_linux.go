package ssehttp

// inbox is what the loop takes in one turn: an entry for each frame and
// connection, in the order in which they were put. A burst to many connections
// makes very many of them, so they stand in chunks, which go from one turn to the
// next: a queue that grows moves nothing, and the memory of one burst serves the
// next.
//
//	chunks  ┌ entries ┐┌ entries ┐┌ entries ┐      a connection's entries are
//	        │ A B A C ││ B A …   ││ …       │      linked by next: A₀ → A₂ → A₅ …
//	        └ bytes ──┘└ bytes ──┘└ bytes ──┘
type inbox struct {
	chunks []chunk
}

// chunk is a part of an inbox: entries, and the bytes that belong to them alone.
type chunk struct {
	entries []entry // never grows
	bytes   []byte
}

// entry is one frame for one connection: bytes[off:off+n] of its chunk and
// behind them the bytes of frame, either of which may be missing.
type entry struct {
	to    *socket
	frame *[]byte // shared, usually
	off   uint32
	n     uint32
	next  uint32 // place of the connection's next entry, plus 1; the loop links them
	kind  entryKind
	why   Reason // of a last entry
}

type entryKind uint8

const (
	anEvent  entryKind = iota
	theStart           // of a connection: register it, then write its head
	theLast            // close the connection when this is written
)

const (
	chunkBits    = 7
	chunkEntries = 1 << chunkBits // 4 KiB of them

	usualChunks = 16       // that many are kept, whatever the last turns needed
	chunkBytes  = 16 << 10 // a chunk that a burst of large events made larger is not kept
)

func (e *entry) size() int {
	if e.frame == nil {
		return int(e.n)
	}
	return int(e.n) + len(*e.frame)
}

// at gives the entry of a place.
func (in *inbox) at(place uint32) *entry {
	return &in.chunks[place>>chunkBits].entries[place&(chunkEntries-1)]
}

// own gives the bytes that only the entry of a place has.
func (in *inbox) own(place uint32) []byte {
	c := &in.chunks[place>>chunkBits]
	e := &c.entries[place&(chunkEntries-1)]
	return c.bytes[e.off : e.off+e.n]
}

// inOnePiece gives the bytes of an entry without copying them, if they stand
// together.
func (in *inbox) inOnePiece(place uint32) (b []byte, ok bool) {
	e := in.at(place)
	switch {
	case e.frame == nil:
		return in.own(place), true
	case e.n == 0:
		return *e.frame, true
	}
	return nil, false
}

func (in *inbox) appendEntry(b []byte, place uint32) []byte {
	b = append(b, in.own(place)...)
	if e := in.at(place); e.frame != nil {
		b = append(b, *e.frame...)
	}
	return b
}

// chunks is the memory of a shard's inboxes that is not in use.
type chunks []chunk

func (cs *chunks) take() chunk {
	n := len(*cs)
	if n == 0 {
		return chunk{entries: make([]entry, 0, chunkEntries)}
	}
	c := (*cs)[n-1]
	(*cs)[n-1] = chunk{}
	*cs = (*cs)[:n-1]
	return c
}

// give takes the chunks of a turn back.
func (cs *chunks) give(in inbox) {
	for i := range in.chunks {
		c := &in.chunks[i]
		clear(c.entries) // their frames must not be kept alive
		c.entries, c.bytes = c.entries[:0], c.bytes[:0]
		if cap(c.bytes) > chunkBytes {
			c.bytes = nil
		}
	}
	*cs = append(*cs, in.chunks...)
	clear(in.chunks)
}

// keep lets go of all chunks but n.
func (cs *chunks) keep(n int) {
	if n = max(n, usualChunks); len(*cs) > n {
		*cs = append(make(chunks, 0, n), (*cs)[:n]...)
	}
}
