package replay

// Pacing: a source is asked for Batch values more each time every reader has sent
// the Batch before, so that it runs no further ahead of the slowest reader than
// what it was asked for at first. Without readers the values that are appended
// count, so that a source without an audience goes on; but for what the last reader
// did not take the next one decides.

// come notes that the drainer's cursor has come to a multiple of batch.
func (r *Reader[T]) come() {
	b := r.buf
	if b.batch <= 0 || r.at.n%b.batch != 0 || r.past.Load() == r.at.n {
		return
	}
	r.past.Store(r.at.n)
	b.pace()
}

// pace moves the mark for each batch that all have come past, and asks for more.
func (b *Buffer[T]) pace() {
	for b.advance() {
		b.rules.More()
	}
}

// advance moves the mark if everybody has come to it. Readers only ever go
// forward, so those that were seen past the mark need no second look: all the
// looks for one mark together visit each reader once.
func (b *Buffer[T]) advance() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || b.tail.n < b.mark {
		return false
	}
	for ; b.seen < len(b.readers); b.seen++ {
		r := b.readers[b.seen]
		if r.place != outside && r.past.Load() < b.mark {
			return false
		}
	}
	b.mark += b.batch
	b.seen = 0
	return true
}
