package load

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// maxRequestHeader bounds the header of one request, so that a request always
// fits into an empty socket buffer and goes out with one write.
const maxRequestHeader = 8 << 10

// requestHeader gives the header of every request, checked: what the options say
// over the defaults.
func (o Options) requestHeader() (http.Header, error) {
	header := http.Header{"Accept": {"text/event-stream"}, "Cache-Control": {"no-cache"}}
	size := 0
	for name, values := range o.Header {
		if err := checkName(name); err != nil {
			return nil, err
		}
		for _, v := range values {
			if strings.ContainsFunc(v, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
				return nil, fmt.Errorf("header %s: the value %q must not hold control characters", name, v)
			}
			size += len(name) + len(v)
		}
		header[http.CanonicalHeaderKey(name)] = values
	}
	if id := o.LastEventID; id != "" {
		if strings.ContainsAny(id, "\x00\r\n") {
			return nil, fmt.Errorf("last event id %q: must not hold NUL, CR or LF", id)
		}
		header["Last-Event-ID"] = []string{id}
		size += len(id)
	}
	if size > maxRequestHeader {
		return nil, fmt.Errorf("header of %d bytes: must be at most %d", size, maxRequestHeader)
	}
	return header, nil
}

// token are the characters of a field name besides letters and digits.
const token = "!#$%&'*+-.^_`|~"

func checkName(name string) error {
	bad := func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune(token, c))
	}
	switch {
	case name == "" || strings.ContainsFunc(name, bad):
		return fmt.Errorf("header %q: is no name of a field", name)
	case strings.EqualFold(name, "Content-Length") || strings.EqualFold(name, "Transfer-Encoding"):
		return fmt.Errorf("header %q: the requests have no body", name)
	}
	return nil
}

// requestTo writes the request for u.
func requestTo(u *url.URL, header http.Header) []byte {
	host := u.Host
	if given := header.Get("Host"); given != "" {
		host = given
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: %s\r\n", u.RequestURI(), host)
	_ = header.WriteSubset(&b, map[string]bool{"Host": true}) // to memory
	b.WriteString("\r\n")
	return b.Bytes()
}
