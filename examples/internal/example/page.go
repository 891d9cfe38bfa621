package example

import (
	"embed"
	"io/fs"
	"path"

	"github.com/valyala/fasthttp"
)

// shared has the look of all pages, base.css, and what their scripts share,
// base.js.
//
//go:embed page
var shared embed.FS

var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
}

// policy lets a page use its own origin and nothing else.
const policy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; img-src 'self' data: blob:"

// pageHandler serves the embedded files of an example, and the shared ones.
func pageHandler(own embed.FS) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		name := path.Base(string(ctx.Path()))
		if name == "/" {
			name = "index.html"
		}
		body, err := fs.ReadFile(own, "page/"+name)
		if err != nil {
			body, err = fs.ReadFile(shared, "page/"+name)
		}
		switch {
		case err != nil:
			ctx.Error("there is nothing for "+string(ctx.Method())+" at "+string(ctx.Path()), fasthttp.StatusNotFound)
			return
		case !ctx.IsGet() && !ctx.IsHead():
			ctx.Error("this can be read with GET or HEAD only", fasthttp.StatusMethodNotAllowed)
			return
		}
		h := &ctx.Response.Header
		h.SetContentType(contentTypes[path.Ext(name)])
		h.Set("Cache-Control", "no-cache")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", policy)
		ctx.SetBody(body)
	}
}
