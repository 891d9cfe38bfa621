package ssehttp

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
)

// CORS lets pages of other origins open the streams. The zero value lets none;
// pages of the server's own origin need nothing.
type CORS struct {
	// Origins are those that may, each as browsers send it ("https://example.com"),
	// or "*" alone for every one.
	Origins []string

	// Credentials lets the browser send cookies along (EventSource's
	// withCredentials). It needs the origins to be named.
	Credentials bool
}

func (c *CORS) validate() error {
	for _, o := range c.Origins {
		if o == "*" {
			if c.Credentials || len(c.Origins) > 1 {
				return fmt.Errorf("%w: CORS.Origins is %q; \"*\" must stand alone, and without Credentials, or browsers refuse it", ErrInvalidOptions, c.Origins)
			}
			continue
		}
		u, err := url.Parse(o)
		if err != nil || u.Scheme == "" || u.Host == "" || o != u.Scheme+"://"+u.Host {
			return fmt.Errorf("%w: CORS.Origins has %q; an origin is a scheme and a host, as in \"https://example.com\"", ErrInvalidOptions, o)
		}
	}
	return nil
}

// answer tells the browser whether the page may read the stream; a browser that
// hears nothing keeps it from the page.
func (c *CORS) answer(x exchange) {
	if len(c.Origins) == 0 {
		return
	}
	origin := x.header("Origin")
	if c.Origins[0] == "*" {
		origin = "*"
	} else {
		x.setHeader("Vary", "Origin") // a cache must not give one page the answer of another
		if !slices.Contains(c.Origins, origin) {
			return
		}
	}
	x.setHeader("Access-Control-Allow-Origin", origin)
	if c.Credentials {
		x.setHeader("Access-Control-Allow-Credentials", "true")
	}
	if x.method() == http.MethodOptions {
		x.setHeader("Access-Control-Allow-Methods", "GET, HEAD, POST")
		x.setHeader("Access-Control-Allow-Headers", "Accept, Authorization, Cache-Control, Content-Type, Last-Event-ID")
		x.setHeader("Access-Control-Max-Age", "600")
	}
}
