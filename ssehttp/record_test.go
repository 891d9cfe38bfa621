package ssehttp

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
)

func TestStreamsOfAPathShareARecordWhereNobodyAsksForMore(t *testing.T) {
	s := New(Options{})
	path := []byte("/a/path/of/more/than/thirty-two/bytes")
	first := s.route(path)
	assert.Same(t, first, s.route(path))
	assert.False(t, first.own)
	assert.NotSame(t, first, s.route([]byte("/b")))
	assert.Zero(t, testing.AllocsPerRun(100, func() { s.route(path) }))
}

func TestTellingNobodyCostsNothing(t *testing.T) {
	s := New(Options{})
	c := &conn{}
	c.init(s, &stream{conn: c})
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		c.tellOpened()
		c.tellClosed(Gone)
		s.tellRefused(errMethod, "/", nil)
	}))
}

func TestAStreamHasARecordOfItsOwnWhereSomebodyDoes(t *testing.T) {
	for name, o := range map[string]Options{
		"a hook":  {Hooks: []Hook{&witness{}}},
		"a limit": {Limits: Limits{PerAddress: 5}},
	} {
		t.Run(name, func(t *testing.T) {
			s := transports[0].serve(t, o, of(flux.Never[Event]()))
			c := s.get("/a").open()
			s.get("/a").open()
			list := s.Streams(10)
			require.Len(t, list, 2)
			assert.ElementsMatch(t, []uint64{1, 2}, []uint64{list[0].ID, list[1].ID})
			assert.Contains(t, []string{list[0].RemoteAddr, list[1].RemoteAddr}, c.LocalAddr().String())
		})
	}
}

func TestPathsThatMeetInThePlaceOfOneTakeTurns(t *testing.T) {
	s := New(Options{})
	a := []byte("/a")
	var b []byte
	for b = []byte("/b"); place(b) != place(a); b = append(b, 'x') {
		require.Less(t, len(b), longestPath)
	}
	assert.Equal(t, "/a", s.route(a).path)
	assert.Equal(t, string(b), s.route(b).path)
	assert.Equal(t, "/a", s.route(a).path)
}
