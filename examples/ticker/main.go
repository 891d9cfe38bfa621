// Command ticker is the smallest useful Freshet program: a price every second,
// for each client on its own.
//
//	go run ./examples/ticker
//	curl -N '127.0.0.1:8081?symbol=FRSH'
package main

import (
	"log"
	"math"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/ssehttp"
)

type quote struct {
	Symbol string  `json:"symbol"`
	Price  float64 `json:"price"`
}

func main() {
	srv := ssehttp.New(ssehttp.Options{})
	ticker := srv.HTTP(func(r *ssehttp.Request) (flux.Publisher[ssehttp.Event], error) {
		quotes := flux.Map(flux.Interval(time.Second), func(n int64) quote {
			return quote{r.Query("symbol"), 100 + 10*math.Sin(float64(n))}
		})
		return flux.TryMap(quotes, ssehttp.JSON[quote]("price")), nil
	})
	log.Fatal(fasthttp.ListenAndServe("127.0.0.1:8081", ticker))
}
