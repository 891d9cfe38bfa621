package main

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/examples/internal/example"
	"github.com/freshet-go/freshet/examples/internal/exampletest"
)

func TestMain(m *testing.M) { exampletest.VerifyMain(m) }

func begin(context.Context) (example.Program, error) { return newProgram(time.Hour), nil }

// visitor is a browser: it has the cookie.
type visitor struct {
	t           *testing.T
	url, cookie string
}

func signIn(t *testing.T, url, name string) visitor {
	t.Helper()
	status, answer, header := exampletest.Do(t, http.MethodPost, url+"signin", "name="+name, "Content-Type", "application/x-www-form-urlencoded")
	require.Equal(t, http.StatusSeeOther, status, answer)
	set := header.Get("Set-Cookie")
	assert.Contains(t, set, "HttpOnly")
	assert.Contains(t, set, "SameSite=Strict")
	cookie, _, _ := strings.Cut(set, ";")
	return visitor{t, url, cookie}
}

// tab opens a stream, whose first event is there at once.
func (v visitor) tab() *exampletest.Stream {
	v.t.Helper()
	s := exampletest.Open(v.t, v.url+"events", "Cookie", v.cookie)
	require.Equal(v.t, "open", s.Next().Name)
	return s
}

func (v visitor) post(path, body string) (status int, answer string) {
	v.t.Helper()
	status, answer, _ = exampletest.Do(v.t, http.MethodPost, v.url+path, body, "Cookie", v.cookie)
	return status, answer
}

func (v visitor) say(path, text string) {
	v.t.Helper()
	status, answer := v.post(path, text)
	require.Equal(v.t, http.StatusOK, status, answer)
}

func next(t *testing.T, s *exampletest.Stream) Message {
	t.Helper()
	return exampletest.Decode[Message](t, s.Next("message"))
}

func TestNobodyGetsAStreamWithoutSigningIn(t *testing.T) {
	url, _ := exampletest.Start(t, begin)
	for _, cookie := range []string{"", cookieName + "=guessed", cookieName + `="half`} {
		for _, path := range []string{"GET events", "POST say", "POST picture", "GET picture?number=1", "POST signout"} {
			method, path, _ := strings.Cut(path, " ")
			status, answer, _ := exampletest.Do(t, method, url+path, "", "Cookie", cookie)
			assert.Equal(t, http.StatusUnauthorized, status, path)
			assert.Equal(t, "sign in first", answer)
		}
	}
}

func TestTheRoomHearsAllAndAUserWhatIsForHim(t *testing.T) {
	url, _ := exampletest.Start(t, begin)
	ann, bob := signIn(t, url, "ann"), signIn(t, url, "bob")
	ann1, ann2, bobs := ann.tab(), ann.tab(), bob.tab()

	bob.say("say", "good morning")
	for _, s := range []*exampletest.Stream{ann1, ann2, bobs} {
		m := next(t, s)
		assert.Equal(t, "bob: good morning", m.From+": "+m.Text)
	}
	ann.say("say?to=ann", "only for me")
	bob.say("say?to=ann", "a secret")
	ann.say("say", "thank you")
	for _, s := range []*exampletest.Stream{ann1, ann2} {
		assert.Equal(t, "only for me", next(t, s).Text)
		assert.Equal(t, "a secret", next(t, s).Text)
	}
	assert.Equal(t, "a secret", next(t, bobs).Text, "who says it sees it too")
	assert.Equal(t, "thank you", next(t, bobs).Text)

	status, answer := ann.post("say?to=cleo", "hello")
	assert.Equal(t, http.StatusNotFound, status)
	assert.Equal(t, `"cleo" is not here`, answer)

	cleo := signIn(t, url, "cleo").tab()
	assert.Equal(t, "good morning", next(t, cleo).Text, "the room remembers")
	assert.Equal(t, "thank you", next(t, cleo).Text, "secrets it never knew")
}

func TestTheStreamEndsWhenTheSignInDoes(t *testing.T) {
	url, _ := exampletest.Start(t, func(context.Context) (example.Program, error) { return newProgram(300 * time.Millisecond), nil })
	ann := signIn(t, url, "ann")
	began := time.Now()
	ann.tab().Rest()
	assert.GreaterOrEqual(t, time.Since(began), 200*time.Millisecond)
	status, _ := ann.post("say", "am I still here?")
	assert.Equal(t, http.StatusUnauthorized, status)
	signIn(t, url, "ann").tab()
}

func TestSigningOutEndsTheStreamsOfAllTabs(t *testing.T) {
	url, _ := exampletest.Start(t, begin)
	ann := signIn(t, url, "ann")
	tab1, tab2 := ann.tab(), ann.tab()
	ann.say("say?to=ann", "there?") // once it is here, so are the sinks
	next(t, tab1)
	next(t, tab2)

	status, _ := ann.post("signout", "")
	assert.Equal(t, http.StatusOK, status)
	for _, tab := range []*exampletest.Stream{tab1, tab2} {
		assert.Equal(t, []exampletest.Event{{Name: "bye", Data: "signed out"}}, tab.Rest())
	}
	status, _ = ann.post("say", "and now?")
	assert.Equal(t, http.StatusUnauthorized, status)
}

func TestANameIsTakenOnce(t *testing.T) {
	url, _ := exampletest.Start(t, begin)
	signIn(t, url, "ann")
	for name, want := range map[string]string{"ann": `name "ann": somebody has it`, "Ann!": `name "Ann!": must be 1 to 20 letters`} {
		_, answer, header := exampletest.Do(t, http.MethodPost, url+"signin", "name="+name, "Content-Type", "application/x-www-form-urlencoded")
		assert.Contains(t, answer, want)
		assert.Empty(t, header.Get("Set-Cookie"))
	}
}

func TestAPictureGoesIntoTheGalleryOfAll(t *testing.T) {
	url, _ := exampletest.Start(t, begin)
	ann, bob := signIn(t, url, "ann"), signIn(t, url, "bob")
	bobs := bob.tab()
	var small bytes.Buffer
	require.NoError(t, png.Encode(&small, image.NewGray(image.Rect(0, 0, 4, 4))))
	ann.say("picture", small.String())

	hung := exampletest.Decode[Picture](t, bobs.Next("picture"))
	assert.Equal(t, "ann", hung.From)
	status, body, header := exampletest.Do(t, http.MethodGet, url+hung.URL, "", "Cookie", bob.cookie)
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "image/png", header.Get("Content-Type"))
	assert.Equal(t, small.String(), body)
}

func TestAPictureIsSmallAndAPicture(t *testing.T) {
	url, _ := exampletest.Start(t, begin)
	ann := signIn(t, url, "ann")
	status, answer := ann.post("picture", strings.Repeat("x", largest+1))
	assert.Equal(t, http.StatusRequestEntityTooLarge, status)
	assert.Equal(t, "the picture has 262145 bytes: must be at most 262144", answer)
	status, answer = ann.post("picture", "<svg onload=alert(1)>")
	assert.Equal(t, http.StatusUnsupportedMediaType, status)
	assert.Contains(t, answer, "must be a PNG, JPEG, GIF or WebP")
	status, _, _ = exampletest.Do(t, http.MethodGet, url+"picture?number=1", "", "Cookie", ann.cookie)
	assert.Equal(t, http.StatusNotFound, status)
}

func TestTheGalleryKeepsTheNewestPictures(t *testing.T) {
	var g gallery
	for n := 1; n <= remembered+1; n++ {
		assert.Equal(t, n, g.add("image/png", []byte{byte(n)}))
	}
	_, first := g.get(1)
	_, second := g.get(2)
	_, last := g.get(remembered + 1)
	assert.Nil(t, first)
	assert.Equal(t, []byte{2}, second)
	assert.Equal(t, []byte{remembered + 1}, last)
}

func TestThePageIsServedFromTheBinary(t *testing.T) { exampletest.Page(t, begin) }
