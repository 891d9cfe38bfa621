package main

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"regexp"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/ssehttp"
)

// User is who is signed in, and the principal of a stream.
type User struct{ Login string }

type session struct {
	user    User
	expires time.Time
}

// sessions are the sign-ins, by the token in a browser's cookie. There is no
// password: a name is whoever takes it first, for as long as the sign-in is good.
type sessions struct {
	lasting time.Duration
	mu      sync.Mutex // guards byToken
	byToken map[string]session
}

func newSessions(lasting time.Duration) *sessions {
	return &sessions{lasting: lasting, byToken: map[string]session{}}
}

const (
	cookieName  = "freshet-chat"
	mostAtATime = 10_000
)

var loginName = regexp.MustCompile(`^[a-z]{1,20}$`)

// authenticate tells ssehttp who asks for a stream, and when it has to end.
func (p *sessions) authenticate(r *ssehttp.Request) (ssehttp.Identity, error) {
	s, ok := p.find(cookieOf(r))
	if !ok {
		return ssehttp.Identity{}, ssehttp.Status(http.StatusUnauthorized, "sign in first")
	}
	return ssehttp.Identity{Principal: s.user, Expires: s.expires}, nil
}

// key limits the streams of each user.
func (p *sessions) key(r *ssehttp.Request) string {
	s, _ := p.find(cookieOf(r))
	return s.user.Login
}

func cookieOf(r *ssehttp.Request) string {
	cookies, err := http.ParseCookie(r.Header("Cookie"))
	if err != nil {
		return ""
	}
	for _, c := range cookies {
		if c.Name == cookieName {
			return c.Value
		}
	}
	return ""
}

// only answers a request of a user, and refuses everybody else.
func (p *sessions) only(h func(*fasthttp.RequestCtx, User)) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		s, ok := p.find(string(ctx.Request.Header.Cookie(cookieName)))
		if !ok {
			ctx.Error("sign in first", fasthttp.StatusUnauthorized)
			return
		}
		h(ctx, s.user)
	}
}

func (p *sessions) find(token string) (session, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, ok := p.byToken[token]
	return s, ok && time.Now().Before(s.expires)
}

// signIn answers the form: a cookie, and back to the page.
func (p *sessions) signIn(ctx *fasthttp.RequestCtx) {
	login := string(ctx.PostArgs().Peek("name"))
	if !loginName.MatchString(login) {
		ctx.Error(fmt.Sprintf("name %q: must be 1 to 20 letters from a to z", login), fasthttp.StatusBadRequest)
		return
	}
	token, err := p.add(User{login})
	if err != nil {
		ctx.Error(err.Error(), fasthttp.StatusConflict)
		return
	}
	ctx.Response.Header.SetCookie(newCookie(token, p.lasting))
	ctx.Response.Header.Set("Location", "/")
	ctx.SetStatusCode(fasthttp.StatusSeeOther)
}

func (p *sessions) add(u User) (token string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	for token, s := range p.byToken {
		switch {
		case now.After(s.expires):
			delete(p.byToken, token)
		case s.user == u:
			return "", fmt.Errorf("name %q: somebody has it", u.Login)
		}
	}
	if len(p.byToken) >= mostAtATime {
		return "", fmt.Errorf("%d people are signed in, which is the most", mostAtATime)
	}
	token = rand.Text()
	p.byToken[token] = session{u, now.Add(p.lasting)}
	return token, nil
}

func (p *sessions) signOut(ctx *fasthttp.RequestCtx, _ User) {
	p.mu.Lock()
	delete(p.byToken, string(ctx.Request.Header.Cookie(cookieName)))
	p.mu.Unlock()
	ctx.Response.Header.SetCookie(newCookie("", -time.Second))
}

// newCookie makes a cookie that scripts do not see and other sites do not send,
// which is what keeps them from speaking for a user.
func newCookie(token string, lasting time.Duration) *fasthttp.Cookie {
	var c fasthttp.Cookie
	c.SetKey(cookieName)
	c.SetValue(token)
	c.SetPath("/")
	c.SetExpire(time.Now().Add(lasting))
	c.SetHTTPOnly(true)
	c.SetSameSite(fasthttp.CookieSameSiteStrictMode)
	return &c
}
