package ssehttp

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/molecule-man/go-brrr"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/freshet-go/freshet/flux"
)

func overCodings(t *testing.T, f func(t *testing.T, tr transport, k Coding)) {
	overTransports(t, func(t *testing.T, tr transport) {
		for _, k := range every {
			t.Run(k.String(), func(t *testing.T) { f(t, tr, k) })
		}
	})
}

// decoder reads what a coding has made, and fails where its checksums do.
func decoder(t testing.TB, k Coding, r io.Reader) io.Reader {
	t.Helper()
	if k == Gzip {
		z, err := gzip.NewReader(r)
		require.NoError(t, err)
		z.Multistream(false) // as browsers read it
		return z
	}
	if k == Brotli {
		return brrr.NewReader(r)
	}
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
	require.NoError(t, err)
	t.Cleanup(z.Close)
	return z
}

// compressed asks for a coding and reads the head.
func (s *served) compressed(path string, k Coding) *client {
	s.t.Helper()
	c := s.get(path, "Accept-Encoding: "+k.String())
	status, header := c.head()
	require.Equal(s.t, "HTTP/1.1 200 OK", status)
	require.Equal(s.t, k.String(), header["Content-Encoding"])
	require.Equal(s.t, "Accept-Encoding", header["Vary"])
	c.r = bufio.NewReader(decoder(s.t, k, c.r))
	require.Equal(s.t, ": open", c.line())
	return c
}

var every = []Coding{Zstd, Brotli, Gzip} // in the order of preference of the tests

func TestACompressedStreamIsReadEventByEventToAProperEnd(t *testing.T) {
	overCodings(t, func(t *testing.T, tr transport, k Coding) {
		h := newHand()
		s := tr.serve(t, Options{Compression: every}, h.handler)
		c := s.compressed("/", k)
		h.subscribed(t)
		shared := encoded(t, Event{Name: "a", Data: strings.Repeat("shared ", 100)})
		numbered := shared
		numbered.ID = "7"
		for i, e := range []Event{
			data("own"), shared, numbered, shared, {Comment: "alone", Data: "x"},
			data(strings.Repeat("l", 300<<10)), encoded(t, data(noise(100<<10))), {},
		} {
			h.sub.OnNext(e) // each is read before the next is sent
			want, err := Standard.Append(nil, e)
			require.NoError(t, err)
			got := make([]byte, len(want))
			_, err = io.ReadFull(c.r, got)
			require.NoError(t, err)
			require.Equal(t, string(want), string(got), "event %d", i)
		}
		s.eventually("events are counted", func() bool { return s.Stats().Events == 8 })
		h.sub.OnComplete()
		assert.Empty(t, c.rest(), "the end is that of the coding, too")
		s.eventually("less was sent than said", func() bool { st := s.Stats(); return st.Closed(Completed) == 1 && st.Bytes < 200<<10 })
	})
}

// noise is text that does not compress well.
func noise(n int) string {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(' ' + r.IntN(95))
	}
	return string(b)
}

func TestACompressedStreamEndsProperlyForWhateverReason(t *testing.T) {
	overCodings(t, func(t *testing.T, tr transport, k Coding) {
		s := tr.serve(t, Options{Compression: every, Heartbeat: 10 * time.Millisecond, RetryAfter: time.Second, LastEvent: Event{Name: "bye"}},
			func(r *Request) (flux.Publisher[Event], error) {
				switch r.Path() {
				case "/fails":
					return flux.Concat(flux.Just(data("1")), flux.Error[Event](Status(403, "no more"))), nil
				case "/empty":
					return flux.Empty[Event](), nil
				case "/expires":
					r.CloseAt(time.Now().Add(40 * time.Millisecond))
				}
				return flux.Never[Event]().StartWith(data("1")), nil
			})
		events := func(path string) string { return strings.ReplaceAll(s.compressed(path, k).rest(), heartbeat, "") }
		assert.Equal(t, "data: 1\n\nevent: error\ndata: no more\n\n", events("/fails"))
		assert.Empty(t, events("/empty"))
		assert.Contains(t, []string{"", "data: 1\n\n"}, events("/expires")) // whichever is faster
		c := s.compressed("/", k)
		assert.Equal(t, "data: 1|", c.event())
		assert.Equal(t, ":", c.line())
		require.NoError(t, s.Shutdown(within(t, patient)))
		assert.Regexp(t, `^(:\n)*event: bye\ndata: \n\n$`, c.rest())
	})
}

func TestACompressedStreamWaitsForASlowClientWhole(t *testing.T) {
	overCodings(t, func(t *testing.T, tr transport, k Coding) {
		const n = 600
		text := noise(20 << 10)
		events := flux.Map(flux.Range(1, n), func(i int) Event { return data(fmt.Sprint(i, text[i:])) })
		s := tr.serve(t, Options{Compression: every}, of(events))
		c := s.compressed("/", k)
		s.eventually("it lags", func() bool { return s.Stats().Stalls > 0 })
		for i := 1; i <= n; i++ {
			require.Equal(t, fmt.Sprint("data: ", i, text[i:], "|"), c.event())
		}
		assert.Empty(t, c.rest())
	})
}

func TestSpringModeIsCompressedToo(t *testing.T) {
	for _, k := range every {
		e := Event{Name: "n", Data: "x"}
		s := transports[0].serve(t, Options{Mode: Spring, Compression: every}, of(flux.Just(e, encoded(t, e))))
		assert.Equal(t, strings.Repeat("event:n\ndata:x\n\n", 2), s.compressed("/", k).rest())
	}
}

func TestTheCodingIsNegotiated(t *testing.T) {
	for header, want := range map[string]Coding{
		"":                             0,
		"identity":                     0,
		"gzip":                         Gzip,
		"GZIP;q=0.5":                   Gzip,
		"x-gzip":                       Gzip,
		"gzip, deflate, br, zstd":      Zstd,
		"gzip;q=1.0, zstd;q=0":         Gzip,
		"gzip;q=0, zstd;q=0.000":       0,
		"gzip, deflate, br":            Brotli,
		"*":                            Zstd,
		"*;q=0":                        0,
		"zstd;q=0, *;q=0.1":            Brotli,
		"*;q=0.1, zstd;q=0, gzip; q=0": Brotli,
		"*;q=0.1, zstd;q=0, br; q=0":   Gzip,
		"br, deflate, gzipped":         Brotli,
		"br;q=0, deflate, gzipped":     0,
	} {
		s := New(Options{Compression: every})
		assert.Equal(t, want, s.coding(header), header)
		assert.Zero(t, New(Options{}).coding(header), "it is off by default")
	}
	overTransports(t, func(t *testing.T, tr transport) {
		s := tr.serve(t, Options{Compression: []Coding{Gzip}, CORS: CORS{Origins: []string{"https://a.example"}}}, never)
		_, header := s.get("/", "Accept-Encoding: br").head()
		assert.NotContains(t, header, "Content-Encoding")
		assert.Equal(t, "Origin; Accept-Encoding", header["Vary"])
		c := s.dial()
		c.send("HEAD / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n")
		_, header = c.head()
		assert.Equal(t, "gzip", header["Content-Encoding"])
	})
}

func TestCodingsThatCannotWorkAreNamed(t *testing.T) {
	assert.ErrorContains(t, Options{Compression: []Coding{Gzip, 7}}.Validate(), "Compression[1] is Coding(7); it must be Gzip, Zstd or Brotli")
	assert.ErrorContains(t, Options{Compression: []Coding{0}}.Validate(), "Compression[0] is Coding(0)")
	assert.ErrorContains(t, Options{Compression: []Coding{Gzip, Gzip}}.Validate(), "Compression has gzip twice")
}

func TestACompressedStreamOverHTTP2IsReadByNetHTTPsOwnClient(t *testing.T) {
	overHTTPVersions(t, func(t *testing.T, two bool) {
		s := New(Options{Compression: every})
		h := newHand()
		url, client := behindMiddleware(t, two, s, h.handler)
		resp := get(t, client, url+"/events/x") // it asks for gzip by itself
		assert.True(t, resp.Uncompressed)
		lines := bufio.NewScanner(resp.Body)
		h.subscribed(t)
		for i := range 3 {
			h.sub.OnNext(data(fmt.Sprint(i)))
			for lines.Scan() && lines.Text() != fmt.Sprint("data: ", i) {
			}
		}
		require.NoError(t, lines.Err())
		h.sub.OnComplete()
		rest, err := io.ReadAll(resp.Body)
		assert.NoError(t, err)
		assert.Empty(t, rest)
		require.Eventually(t, func() bool { return s.Stats().Closed(Completed) == 1 }, patient, time.Millisecond)
	})
}

func TestProgramsReadCompressedStreams(t *testing.T) {
	events := flux.Map(flux.Range(1, 50), func(i int) Event { return data(fmt.Sprint(i, strings.Repeat(" text", 20))) })
	s := transports[0].serve(t, Options{Compression: every}, of(events))
	var want strings.Builder
	want.WriteString(openComment)
	for i := 1; i <= 50; i++ {
		fmt.Fprintf(&want, "data: %d%s\n\n", i, strings.Repeat(" text", 20))
	}
	for _, command := range []string{
		"curl -sS --compressed http://" + s.addr,
		"curl -sS -H Accept-Encoding:gzip http://" + s.addr + " | gzip -dc",
		"curl -sS -H Accept-Encoding:zstd http://" + s.addr + " | zstd -dc",
		"curl -sS -H Accept-Encoding:br http://" + s.addr + " | brotli -dc",
	} {
		t.Run(command, func(t *testing.T) {
			for _, program := range []string{"sh", "curl", "gzip", "zstd", "brotli"} {
				if _, err := exec.LookPath(program); err != nil && strings.Contains(command+" sh", program) {
					t.Skip(program, "is not installed")
				}
			}
			out, err := exec.CommandContext(t.Context(), "sh", "-c", command).Output()
			require.NoError(t, err)
			assert.Equal(t, want.String(), string(out))
		})
	}
}

func TestASharedEventIsCompressedOnceForAll(t *testing.T) {
	for _, k := range every {
		e := encoded(t, data(strings.Repeat("x", 1000)))
		s := New(Options{Compression: every})
		out := &keeping{}
		c := &conn{}
		c.init(s, out)
		c.record = &record{coding: k}
		c.granted.Store(1 << 40)
		c.OnNext(e)
		first := out.frame
		assert.Zero(t, testing.AllocsPerRun(1000, func() { c.OnNext(e) }))
		assert.Same(t, first, out.frame)
		got, err := io.ReadAll(decoder(t, k, bytes.NewReader(whole(k, *first))))
		require.NoError(t, err)
		assert.Equal(t, "data: "+strings.Repeat("x", 1000)+"\n\n", string(got))
	}
}

type keeping struct {
	outlet
	frame *[]byte
}

func (o *keeping) carry(f *[]byte) { o.frame = f }

// whole makes a body of fragments.
func whole(k Coding, fragments ...[]byte) []byte {
	switch k {
	case Zstd:
		return bytes.Join(fragments, nil)
	case Brotli:
		return append([]byte(brotliHeader+string(bytes.Join(fragments, nil))), brotliFinal)
	}
	var sum gzipSum
	b := []byte(gzipHeader)
	for _, f := range fragments {
		sum.add(f)
		b = append(b, f...)
	}
	return sum.trailer(b)
}

func TestFragmentsStandBehindEachOtherWhateverTheyHold(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		texts := rapid.SliceOfN(rapid.SliceOf(rapid.Byte()), 0, 8).Draw(r, "texts")
		for _, k := range every {
			var fragments [][]byte
			for _, text := range texts {
				fragments = append(fragments, k.fragment(text))
			}
			b := whole(k, fragments...)
			if len(b) == 0 {
				continue
			}
			got, err := io.ReadAll(decoder(t, k, bytes.NewReader(b)))
			require.NoError(r, err, k)
			require.Equal(r, string(bytes.Join(texts, nil)), string(got), k)
		}
	})
}

// What does not shrink is sent as it is, in the middle of what does, and there the
// codings care where in a byte they are.
func TestFragmentsOfTextThatPartlyShrinksStandBehindEachOther(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var texts [][]byte
	for _, n := range []int{1, 5, 100, 3000, 70_000, 400_000, 2, 9000} {
		text := make([]byte, n)
		for i := range text {
			if text[i] = 'x'; i%5000 < 2500 {
				text[i] = byte(r.Uint32())
			}
		}
		texts = append(texts, text)
	}
	for _, k := range every {
		var fragments [][]byte
		for _, text := range texts {
			fragments = append(fragments, k.fragment(text))
		}
		got, err := io.ReadAll(decoder(t, k, bytes.NewReader(whole(k, fragments...))))
		require.NoError(t, err, k)
		require.True(t, bytes.Equal(bytes.Join(texts, nil), got), k)
	}
}

func TestTheChecksumOfTheWholeComesFromThoseOfItsParts(t *testing.T) {
	text := []byte(noise(70_000))
	for _, n := range []int{0, 1, 2, 3, 255, 256, 65_535, 65_536, 70_000} {
		assert.Equal(t, crc32.ChecksumIEEE(text), multiply(shift(len(text)-n), crc32.ChecksumIEEE(text[:n]))^crc32.ChecksumIEEE(text[n:]), n)
	}
}
