package ssehttp

import (
	"fmt"
	"net/http"
	"time"

	"github.com/freshet-go/freshet/flux"
)

// Identity is who sent a request, as [Options].Authenticate found out.
type Identity struct {
	// Principal is the user, the session, the claims: whatever the handlers want
	// to see. They get it with [Principal].
	Principal any

	// Expires is when the stream is closed, because what the client showed is not
	// good any longer. The zero time never comes.
	Expires time.Time
}

// Principal gives who sent the request, so that the pipeline can begin with it:
//
//	mono.FlatMapMany(ssehttp.Principal[User](r), func(u User) flux.Flux[ssehttp.Event] { ... })
//
// It is empty-handed in two cases, which are errors of the Mono: nobody was
// authenticated (a 401 [Status]), or the principal is not a U (an error that names
// both types). It is known before the stream starts, so nothing waits.
//
// Source: WebFlux's ServerRequest.principal.
func Principal[U any](r *Request) flux.Mono[U] {
	switch p := r.identity.Principal.(type) {
	case U:
		return flux.Just(p).Next()
	case nil:
		return failed[U](Status(http.StatusUnauthorized, "sign in first"))
	default:
		return failed[U](fmt.Errorf("ssehttp: the principal of the request is a %T and not a %T", p, *new(U)))
	}
}

func failed[U any](err error) flux.Mono[U] { return flux.Error[U](err).Next() }
