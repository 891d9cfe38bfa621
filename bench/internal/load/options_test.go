package load

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRunRefusesTargetsOutsideLoopback(t *testing.T) {
	for raw, want := range map[string]string{
		"http://192.0.2.1/":             "the host must be an address in 127.0.0.0/8",
		"http://126.255.255.255:80/":    "the host must be an address in 127.0.0.0/8",
		"http://128.0.0.1:80/":          "the host must be an address in 127.0.0.0/8",
		"http://0.0.0.0:80/":            "the host must be an address in 127.0.0.0/8",
		"http://[::1]:80/":              "the host must be an address in 127.0.0.0/8",
		"http://[::ffff:127.0.0.1]/":    "the host must be an address in 127.0.0.0/8",
		"http://example.com/":           "the host must be an address in 127.0.0.0/8",
		"http://127.0.0.1.example.com/": "the host must be an address in 127.0.0.0/8",
		"http://localhost@192.0.2.1/":   "the host must be an address in 127.0.0.0/8",
		"http:///events":                "the host must be an address in 127.0.0.0/8",
		"ftp://127.0.0.1/":              "the scheme must be http or https",
		"127.0.0.1:80":                  "url",
		"":                              "the scheme must be http",
		"http://127.0.0.1:0/":           "the port must be from 1 to 65535",
		"http://127.0.0.1:70000/":       "the port must be from 1 to 65535",
	} {
		_, err := Run(context.Background(), Options{URLs: []string{raw}, Conns: 1, Duration: time.Second})
		assert.ErrorContains(t, err, want, "%q", raw)
	}
}

func TestTargetKeepsHostPathAndQuery(t *testing.T) {
	got, err := Options{}.parseTarget("http://localhost:8080/events?only=cpu,memory#x", nil)
	require.NoError(t, err)
	assert.Equal(t, "127.0.0.1:8080", got.addr.String())
	assert.Contains(t, string(got.request), "GET /events?only=cpu,memory HTTP/1.1\r\nHost: localhost:8080\r\n")
	got, err = Options{}.parseTarget("http://127.9.8.7", nil)
	require.NoError(t, err)
	assert.Equal(t, "127.9.8.7:80", got.addr.String())
	assert.Contains(t, string(got.request), "GET / HTTP/1.1\r\n")
}

func TestOptionsOutOfBoundsAreNamed(t *testing.T) {
	good := Options{URLs: []string{"http://127.0.0.1:9/"}, Conns: 10, Duration: time.Second}
	for want, change := range map[string]func(*Options){
		"0 urls":              func(o *Options) { o.URLs = nil },
		"65 urls":             func(o *Options) { o.URLs = make([]string, 65) },
		`header ""`:           func(o *Options) { o.Header = http.Header{"": {"x"}} },
		`header "a b"`:        func(o *Options) { o.Header = http.Header{"a b": {"x"}} },
		"no body":             func(o *Options) { o.Header = http.Header{"content-length": {"1"}} },
		"control characters":  func(o *Options) { o.Header = http.Header{"X": {"a\r\nb"}} },
		"header of 8193":      func(o *Options) { o.LastEventID = strings.Repeat("x", 8193) },
		"last event id":       func(o *Options) { o.LastEventID = "a\nb" },
		"conns 0":             func(o *Options) { o.Conns = 0 },
		"conns 200001":        func(o *Options) { o.Conns = 200_001 },
		"duration 0s":         func(o *Options) { o.Duration = 0 },
		"duration 2h0m0.001s": func(o *Options) { o.Duration = MaxDuration + time.Millisecond },
		"warmup -1s":          func(o *Options) { o.Warmup = -time.Second },
		"connect timeout -1s": func(o *Options) { o.ConnectTimeout = -time.Second },
		"rate -1":             func(o *Options) { o.Rate = -1 },
		"workers 65":          func(o *Options) { o.Workers = 65 },
		"sources 6400001":     func(o *Options) { o.Sources = maxSources + 1 },
		"first source -1":     func(o *Options) { o.FirstSource = -1 },
		"time unit 1m0s":      func(o *Options) { o.TimeUnit = time.Minute },
		"pid [1 -1]":          func(o *Options) { o.PIDs = []int{1, -1} },
		"slow -1":             func(o *Options) { o.Slow = -1 },
		"slow 199991":         func(o *Options) { o.Slow = 199_991 },
		"churn -1":            func(o *Options) { o.Churn = -1 },
		"slow stay -1s":       func(o *Options) { o.SlowStay = -1 * time.Second },
		"reconnect -1s":       func(o *Options) { o.Reconnect = -time.Second },
		"slow 1: needs":       func(o *Options) { o.URLs, o.Slow = []string{"https://127.0.0.1/"}, 1 },
		"kill 11":             func(o *Options) { o.Kill = 11 },
		"kill after 1s":       func(o *Options) { o.Kill, o.KillAfter = 1, time.Second },
	} {
		o := good
		change(&o)
		_, err := Run(context.Background(), o)
		assert.ErrorContains(t, err, want)
	}
}

func TestSourcesAreDifferentLoopbackAddresses(t *testing.T) {
	seen := map[[4]byte]bool{}
	for k := 0; k < maxSources; k += 251 {
		a := source(k)
		require.Equal(t, byte(127), a[0])
		require.NotContains(t, []byte{0, 255}, a[3])
		require.False(t, seen[a], "%v twice", a)
		seen[a] = true
	}
	o, err := Options{URLs: []string{"http://127.0.0.1:9/"}, Conns: 100_000, Duration: time.Second}.withDefaults()
	require.NoError(t, err)
	assert.Equal(t, 10, o.Sources)
}

func TestTimestampIsFoundByName(t *testing.T) {
	for _, c := range []struct {
		data string
		unit time.Duration
		want int64
	}{
		{`{"t":1795267755228717298}`, 1, 1795267755228717298},
		{`{"a":1, "t" : 12 }`, 1, 12},
		{`{"x":{"t":3}}`, 1, 3},
		{`{"s":"t","t":4}`, 1, 4},
		{`{"s":"\"t\":5","t":6}`, 1, 6},
		{`{"s\"t":5,"t":6}`, 1, 6},
		{`{"ts":1,"t":2}`, 1, 2},
		{`{"t":"77"}`, 1, 77},
		{`{"t":1700000000.1234567895}`, time.Second, 1700000000123456789},
		{`{"t":1700000000123.5}`, time.Millisecond, 1700000000123500000},
		{`{"t":9.99}`, 1, 9},
	} {
		got, ok := newTimeField("t", c.unit).find([]byte(c.data))
		assert.True(t, ok, c.data)
		assert.Equal(t, c.want, got, c.data)
	}
}

func TestDataWithoutATimestampIsToldApart(t *testing.T) {
	for _, data := range []string{``, `{}`, `{"t":null}`, `{"t":-5}`, `{"t":`, `"t"`, `t:5`, `{"t":[1]}`, `{"t":99999999999999999999}`, `{"s":"\"t\":5"}`} {
		_, ok := newTimeField("t", 1).find([]byte(data))
		assert.False(t, ok, data)
	}
	_, ok := newTimeField("t", time.Second).find([]byte(`{"t":99999999999999}`))
	assert.False(t, ok, "overflow")
}

func TestTimestampIsFoundByItsPath(t *testing.T) {
	for _, c := range []struct {
		path, data string
		want       int64
	}{
		{".t", `{"t":5}`, 5},
		{".t", `{"x":{"t":3},"t":4}`, 4},
		{".meta.sent", `{"sent":1,"a":[{"sent":2},"}]\"{"], "meta" : { "x":null, "sent" : "6" }}`, 6},
		{".a.b.c", ` {"a":{"b":{"c":7.9}}} `, 7},
	} {
		got, ok := newTimeField(c.path, 1).find([]byte(c.data))
		assert.True(t, ok, c.data)
		assert.Equal(t, c.want, got, c.data)
	}
	for _, data := range []string{``, `{`, `{}`, `{"a":{"t":3}}`, `[{"t":3}]`, `{"t"`, `{"t":`, `{"a":1 "t":3}`, `{"a":"`, `{"a\`, `"t"`, `{"t":null}`} {
		_, ok := newTimeField(".t", 1).find([]byte(data))
		assert.False(t, ok, data)
	}
}

func TestIdsTellGapsAndDuplicates(t *testing.T) {
	var c conn
	missing, duplicates := int64(0), 0
	for _, id := range []int64{5, 6, 9, 9, 7, 10, 12} {
		m, d := c.follow(id)
		missing += m
		if d {
			duplicates++
		}
	}
	assert.Equal(t, int64(3), missing, "7 and 8 (7 came late and counts as a duplicate), 11")
	assert.Equal(t, 2, duplicates)
}

func TestNumberTakesWholeDecimalsOnly(t *testing.T) {
	got, ok := number([]byte("12345"))
	assert.True(t, ok)
	assert.Equal(t, int64(12345), got)
	for _, id := range []string{"", "1x", "-1", "1.5", "1234567890123456789"} {
		_, ok := number([]byte(id))
		assert.False(t, ok, id)
	}
}

func TestRequestHasTheHeaderThatWasAskedFor(t *testing.T) {
	o := Options{URLs: []string{"http://127.0.0.1:80/a", "http://127.0.0.1:81/b"}, LastEventID: "41",
		Header: http.Header{"authorization": {"Bearer x"}, "Accept": {"*/*"}, "Host": {"example.org"}, "X-Two": {"1", "2"}}}
	targets, err := o.targets()
	require.NoError(t, err)
	require.Len(t, targets, 2)
	assert.Equal(t, "GET /b HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\nAuthorization: Bearer x\r\nCache-Control: no-cache\r\nLast-Event-ID: 41\r\nX-Two: 1\r\nX-Two: 2\r\n\r\n",
		string(targets[1].request))
	assert.Equal(t, "127.0.0.1:80", targets[0].addr.String())
}
