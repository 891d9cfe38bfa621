package main

import (
	"embed"
	"path"

	"github.com/valyala/fasthttp"
)

//go:embed page
var pageFiles embed.FS

var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
}

// newPage serves the embedded files; the page itself is at "/".
func newPage() fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		name := path.Base(string(ctx.Path()))
		if name == "/" {
			name = "index.html"
		}
		body, err := pageFiles.ReadFile("page/" + name)
		switch {
		case err != nil:
			ctx.Error("there is nothing at "+string(ctx.Path()), fasthttp.StatusNotFound)
			return
		case !ctx.IsGet() && !ctx.IsHead():
			ctx.Error("this can be read with GET or HEAD only", fasthttp.StatusMethodNotAllowed)
			return
		}
		h := &ctx.Response.Header
		h.SetContentType(contentTypes[path.Ext(name)])
		h.Set("Cache-Control", "no-cache")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; img-src data:")
		ctx.SetBody(body)
	}
}
