package ssehttp

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the files of the debug page
	"encoding/base64"
	"sync"
)

//go:embed debugpage/index.html
var debugHTML []byte

//go:embed debugpage/style.css
var debugCSS []byte

//go:embed debugpage/chart.js
var debugChart []byte

//go:embed debugpage/page.js
var debugScript []byte

// document is an answer that is always the same.
type document struct {
	header []struct{ name, value string }
	body   []byte
}

// debugPage puts the files together, when the page is first asked for. The policy
// names the style and the script by their hashes: whatever a path or an address that
// the page shows looks like, nothing in it runs.
var debugPage = sync.OnceValue(func() document {
	script := bytes.Join([][]byte{debugChart, debugScript}, []byte("\n"))
	body := bytes.Replace(debugHTML, []byte("/*style*/"), debugCSS, 1)
	body = bytes.Replace(body, []byte("/*script*/"), script, 1)
	policy := "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'" +
		"; style-src " + hashSource(debugCSS) + "; script-src " + hashSource(script)
	return document{body: body, header: []struct{ name, value string }{
		{"Content-Type", "text/html; charset=utf-8"},
		{"Content-Security-Policy", policy},
		{"X-Content-Type-Options", "nosniff"},
		{"Referrer-Policy", "no-referrer"},
		{"Cache-Control", "no-store"},
	}}
})

func hashSource(b []byte) string {
	sum := sha256.Sum256(b)
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
