package load

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func feedBody(d *body, pieces ...string) (content string, ended bool, err error) {
	for _, piece := range pieces {
		e, err := d.feed([]byte(piece), func(b []byte) error { content += string(b); return nil })
		if ended = ended || e; err != nil {
			return content, ended, err
		}
		if ended {
			break
		}
	}
	return content, ended, nil
}

func TestBodyIsTheSameWhereverAChunkedOneIsCut(t *testing.T) {
	const raw = "5\r\nhello\r\n1;ext=\"a b\"\r\n,\r\n0B \r\n wide\nworld\r\n000\r\nTrailer: x\r\nOther: y\r\n\r\nrest"
	const end = len(raw) - len("rest")
	for i := range end {
		for j := i; j <= end; j++ {
			content, ended, err := feedBody(&body{framing: chunked}, raw[:i], raw[i:j], raw[j:])
			require.NoError(t, err)
			require.Equal(t, "hello, wide\nworld", content, "cut at %d and %d", i, j)
			require.True(t, ended)
		}
	}
}

func TestBodyThatIsNotFinishedHasNotEnded(t *testing.T) {
	content, ended, err := feedBody(&body{framing: chunked}, "5\r\nhel")
	require.NoError(t, err)
	assert.False(t, ended)
	assert.Equal(t, "hel", content)
}

func TestBodyWithoutFramingEndsWithTheConnection(t *testing.T) {
	content, ended, err := feedBody(&body{}, "5\r\n", "hello")
	require.NoError(t, err)
	assert.False(t, ended)
	assert.Equal(t, "5\r\nhello", content)
}

func TestBodyWithALengthEndsThere(t *testing.T) {
	content, ended, err := feedBody(&body{framing: sized, left: 5}, "hel", "lo!")
	require.NoError(t, err)
	assert.True(t, ended)
	assert.Equal(t, "hello", content)
}

func TestBodyRefusesWhatIsNoChunk(t *testing.T) {
	for raw, want := range map[string]string{
		"hello":                    `byte 'h' is no hexadecimal digit`,
		"\r\n":                     `byte '\r' is no hexadecimal digit`,
		"-1\r\n":                   `byte '-' is no hexadecimal digit`,
		"5x\r\n":                   `byte 'x' is no hexadecimal digit`,
		"FFFFFFFFFFFFFFFFFFFF\r\n": `chunk size over`,
		"2\r\nabc\r\n":             `byte 'c' where its end was due`,
	} {
		_, _, err := feedBody(&body{framing: chunked}, raw)
		assert.ErrorContains(t, err, want, "%q", raw)
	}
}

func TestHeadSaysHowTheBodyIsFramed(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
	for head, want := range map[string]body{
		ok + "\r\n": {},
		ok + "transfer-encoding: Chunked\r\n\r\n":                    {framing: chunked},
		ok + "Content-Length: 12\r\n\r\n":                            {framing: sized, left: 12},
		"HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n": {},
	} {
		got, err := parseHead([]byte(head))
		require.NoError(t, err)
		assert.Equal(t, want, got, "%q", head)
	}
}

func TestHeadThatIsNoEventStreamIsRefused(t *testing.T) {
	for head, want := range map[string]string{
		"HTTP/1.1 503 Busy\r\n\r\n":                          "status 503",
		"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n": `content type "text/html"`,
		"HTTP/1.1 200 OK\r\n\r\n":                            `content type ""`,
		"data: hello\r\n\r\n":                                "not HTTP",
	} {
		_, err := parseHead([]byte(head))
		assert.ErrorContains(t, err, want)
	}
}

func TestHeadIsFoundWhenItIsWhole(t *testing.T) {
	const raw = "HTTP/1.1 200 OK\r\nA: b\r\n\r\ndata"
	for i := range len(raw) - len("data") {
		_, _, ok, err := splitHead([]byte(raw[:i]))
		require.NoError(t, err)
		require.False(t, ok)
	}
	head, rest, ok, err := splitHead([]byte(raw))
	require.NoError(t, err)
	require.True(t, ok)
	assert.Equal(t, "HTTP/1.1 200 OK\r\nA: b\r\n\r\n", string(head))
	assert.Equal(t, "data", string(rest))
	_, _, _, err = splitHead(make([]byte, maxHead+1))
	assert.ErrorIs(t, err, errHeadTooLong)
}
