package load

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// loopback is the only network that this program opens connections to.
var loopback = netip.MustParsePrefix("127.0.0.0/8")

// maxSources is how many source addresses source can make.
const maxSources = 100 * 256 * 250

// target is a checked URL: where to connect, and the request to send there.
type target struct {
	addr    netip.AddrPort
	request []byte
	tls     *tls.Config // nil for plain HTTP
	again   []byte      // the request of a connection that comes back, with a place for its last id
}

// The places in a request that are filled in for each connection.
var (
	numberPlace = []byte("sseload-number-of-the-connection")
	idPlace     = []byte("sseload-last-id")
)

// first gives the request of the n-th connection, back that of one that comes back
// with its last id.
func (t target) first(n int) []byte { return filled(t.request, numberPlace, int64(n)) }

func (t target) back(n int, id int64) []byte {
	return filled(filled(t.again, numberPlace, int64(n)), idPlace, id)
}

// filled gives b itself where the place is not in it.
func filled(b, place []byte, n int64) []byte {
	if !bytes.Contains(b, place) {
		return b
	}
	return bytes.ReplaceAll(b, place, strconv.AppendInt(nil, n, 10))
}

// maxURLs bounds how many streams one run opens.
const maxURLs = 64

// targets checks the URLs and the header.
func (o Options) targets() ([]target, error) {
	if len(o.URLs) < 1 || len(o.URLs) > maxURLs {
		return nil, fmt.Errorf("%d urls: there must be from 1 to %d", len(o.URLs), maxURLs)
	}
	header, err := o.requestHeader()
	if err != nil {
		return nil, err
	}
	targets := make([]target, 0, len(o.URLs))
	for _, raw := range o.URLs {
		t, err := o.parseTarget(raw, header)
		if err != nil {
			return nil, err
		}
		if t.tls != nil && (o.Slow > 0 || o.Reset) {
			return nil, fmt.Errorf("slow %d: needs plain http, as a reset does: of TLS this process reads ahead", o.Slow)
		}
		targets = append(targets, t)
	}
	return targets, nil
}

// parseTarget refuses everything but HTTP to 127.0.0.0/8. No name is
// looked up: localhost stands for 127.0.0.1, every other name is refused, since
// what it resolves to is not up to us.
func (o Options) parseTarget(raw string, header http.Header) (target, error) {
	u, err := url.Parse(strings.ReplaceAll(raw, "{n}", string(numberPlace)))
	if err != nil {
		return target{}, fmt.Errorf("url: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return target{}, fmt.Errorf("url %q: the scheme must be http or https", raw)
	}
	host := u.Hostname()
	if host == "localhost" {
		host = "127.0.0.1"
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !loopback.Contains(ip) {
		return target{}, fmt.Errorf("url %q: the host must be an address in %v", raw, loopback)
	}
	t, port := target{}, uint64(80)
	if u.Scheme == "https" {
		port, t.tls = 443, &tls.Config{ServerName: host, InsecureSkipVerify: o.Insecure, MinVersion: tls.VersionTLS12}
		if given := header.Get("Host"); given != "" {
			t.tls.ServerName, _, _ = strings.Cut(given, ":")
		}
	}
	if u.Port() != "" {
		if port, err = strconv.ParseUint(u.Port(), 10, 16); err != nil || port == 0 {
			return target{}, fmt.Errorf("url %q: the port must be from 1 to 65535", raw)
		}
	}
	again := header.Clone()
	if again == nil {
		again = http.Header{}
	}
	again["Last-Event-ID"] = []string{string(idPlace)}
	t.addr, t.request, t.again = netip.AddrPortFrom(ip, uint16(port)), requestTo(u, header), requestTo(u, again)
	return t, nil
}

// source gives the k-th source address, 127.100.0.1 and up: outside the
// addresses that servers listen on, without .0 and .255 at the end.
func source(k int) [4]byte {
	return [4]byte{127, byte(100 + k/(256*250)), byte(k / 250 % 256), byte(1 + k%250)}
}
