package load

// phase is where a connection stands.
type phase uint8

const (
	unopened phase = iota
	connecting
	awaitingHead
	streaming
	closed
)

// conn is one connection. It belongs to one worker and is touched by no one
// else. There is one for each connection for the whole run, so it is kept small.
type conn struct {
	fd     int32
	phase  phase
	slow   bool // never reads
	known  bool // was open before: it comes back
	seen   bool // had an event
	hasID  bool
	index  int   // in its worker
	began  int64 // unix nanoseconds of connect
	lastID int64
	head   []byte // what came of the response head; nil once it is parsed
	body   body
	parser Parser
}

// follow compares an id with the one before and gives how many ids are missing
// between them, or that it is not above it.
func (c *conn) follow(id int64) (missing int64, duplicate bool) {
	last, had := c.lastID, c.hasID
	switch {
	case !had:
		c.lastID, c.hasID = id, true
	case id > last:
		c.lastID = id
		return id - last - 1, false
	default:
		return 0, true
	}
	return 0, false
}
