package main

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/ssehttp"
)

// largest is the most bytes of a picture. The gallery has room for all pictures
// that the room remembers, so what it takes in memory is bounded: 12.5 MiB.
const largest = 256 << 10

// gallery is the newest pictures. The zero value is empty.
type gallery struct {
	mu    sync.RWMutex // guards what follows
	last  int          // the number of the newest picture, from 1
	kinds [remembered]string
	bytes [remembered][]byte
}

// Picture is the data of an event: where a picture can be had.
type Picture struct {
	From string    `json:"from"`
	URL  string    `json:"url"`
	At   time.Time `json:"at"`
}

var picture = ssehttp.JSON[Picture]("picture")

var accepted = map[string]bool{"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true}

// hang takes a picture, as the body of a request, and tells the room.
func (c *chat) hang(ctx *fasthttp.RequestCtx, u User) {
	body := ctx.PostBody()
	kind := http.DetectContentType(body)
	switch {
	case len(body) > largest:
		ctx.Error(fmt.Sprintf("the picture has %d bytes: must be at most %d", len(body), largest), fasthttp.StatusRequestEntityTooLarge)
		return
	case !accepted[kind]:
		ctx.Error(fmt.Sprintf("this is %s: must be a PNG, JPEG, GIF or WebP", kind), fasthttp.StatusUnsupportedMediaType)
		return
	}
	number := c.gallery.add(kind, append([]byte(nil), body...))
	e, err := picture(Picture{From: u.Login, URL: fmt.Sprintf("picture?number=%d", number), At: time.Now()})
	if err != nil {
		ctx.Error(err.Error(), fasthttp.StatusInternalServerError)
		return
	}
	c.room.TryEmit(e)
}

// show answers with a picture.
func (c *chat) show(ctx *fasthttp.RequestCtx, _ User) {
	number := string(ctx.QueryArgs().Peek("number"))
	n, err := strconv.Atoi(number)
	kind, body := c.gallery.get(n)
	if err != nil || body == nil {
		ctx.Error(fmt.Sprintf("there is no picture %q", number), fasthttp.StatusNotFound)
		return
	}
	ctx.SetContentType(kind)
	ctx.Response.Header.Set("X-Content-Type-Options", "nosniff")
	ctx.Response.Header.Set("Cache-Control", "private, max-age=600")
	ctx.SetBody(body)
}

func (g *gallery) add(kind string, body []byte) (number int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last++
	g.kinds[g.last%remembered], g.bytes[g.last%remembered] = kind, body
	return g.last
}

func (g *gallery) get(number int) (kind string, body []byte) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if number < 1 || number > g.last || number <= g.last-remembered {
		return "", nil
	}
	return g.kinds[number%remembered], g.bytes[number%remembered]
}
