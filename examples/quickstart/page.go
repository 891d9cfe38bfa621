package main

import (
	"embed"
	"io/fs"
	"path"

	"github.com/valyala/fasthttp"
)

//go:embed page
var pageFiles embed.FS

// contentTypes are spelled out because the system's own table differs from
// machine to machine.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

// newPage serves the embedded files; the page itself is at "/".
func newPage() (fasthttp.RequestHandler, error) {
	files := map[string][]byte{}
	err := fs.WalkDir(pageFiles, "page", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files["/"+path.Base(name)], err = pageFiles.ReadFile(name)
		return err
	})
	if err != nil {
		return nil, err
	}
	files["/"] = files["/index.html"]
	return func(ctx *fasthttp.RequestCtx) { servePage(ctx, files) }, nil
}

func servePage(ctx *fasthttp.RequestCtx, files map[string][]byte) {
	name := string(ctx.Path())
	body, ok := files[name]
	switch {
	case !ok:
		ctx.Error("there is nothing at "+name, fasthttp.StatusNotFound)
		return
	case !ctx.IsGet() && !ctx.IsHead():
		ctx.Error("the page can be read with GET or HEAD only", fasthttp.StatusMethodNotAllowed)
		ctx.Response.Header.Set("Allow", "GET, HEAD")
		return
	case name == "/":
		name = "/index.html"
	}
	h := &ctx.Response.Header
	h.SetContentType(contentTypes[path.Ext(name)])
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	ctx.SetBody(body)
}
