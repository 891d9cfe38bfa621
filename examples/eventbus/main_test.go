package main

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/examples/internal/exampletest"
	"github.com/freshet-go/freshet/ssehttp"
)

func TestMain(m *testing.M) { exampletest.VerifyMain(m) }

func register(t *testing.T, url, names string) *exampletest.Stream {
	t.Helper()
	s := exampletest.Open(t, url+"events?names="+names)
	require.Equal(t, "registered", s.Next().Name)
	return s
}

func publish(t *testing.T, url, name, data, want string) {
	t.Helper()
	status, answer, _ := exampletest.Do(t, http.MethodPost, url+"publish?name="+name, data)
	require.Equal(t, http.StatusOK, status, answer)
	assert.Equal(t, want, answer)
}

func TestAnEventReachesThoseWhoAreRegisteredForItsName(t *testing.T) {
	url, _ := exampletest.Start(t, begin)
	orders, both, stock := register(t, url, "order"), register(t, url, "order,stock,order"), register(t, url, "stock")

	publish(t, url, "order", `{"id": 7}`, "clients registered for order: 2")
	publish(t, url, "stock", "3 left", "clients registered for stock: 2")
	publish(t, url, "weather", "rain", "clients registered for weather: 0")
	publish(t, url, "order", "last", "clients registered for order: 2")

	order, left, last := exampletest.Event{Name: "order", Data: `{"id": 7}`}, exampletest.Event{Name: "stock", Data: "3 left"}, exampletest.Event{Name: "order", Data: "last"}
	assert.Equal(t, []exampletest.Event{order, last}, []exampletest.Event{orders.Next(), orders.Next()})
	assert.Equal(t, []exampletest.Event{order, left, last}, []exampletest.Event{both.Next(), both.Next(), both.Next()})
	assert.Equal(t, left, stock.Next())
}

func TestANameIsForgottenWithItsLastClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBus(pulse)
		first := b.stream([]string{"order", "stock"}).SubscribeFunc(t.Context(), func(ssehttp.Event) {}, nil)
		second := b.stream([]string{"stock"}).SubscribeFunc(t.Context(), func(ssehttp.Event) {}, nil)
		assert.Equal(t, 2, b.events.KeyCount())
		first.Cancel()
		assert.Equal(t, []string{"stock"}, b.events.Keys())
		second.Cancel()
		assert.Zero(t, b.events.KeyCount())
	})
}

func TestHeartbeatsAreMergedIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, began := newBus(pulse), time.Now()
		time.AfterFunc(30*time.Second, func() { b.events.TryEmit("order", ssehttp.Event{Name: "order"}) })
		var names []string
		for e, err := range b.stream([]string{"order"}).Take(4).All(t.Context()) {
			require.NoError(t, err)
			names = append(names, e.Name)
		}
		assert.Equal(t, []string{"registered", "heartbeat", "order", "heartbeat"}, names)
		assert.Equal(t, 50*time.Second, time.Since(began))
	})
}

func TestAWrongNameIsNamed(t *testing.T) {
	url, _ := exampletest.Start(t, begin)
	for query, want := range map[string]string{
		"":                                    `event name "": must be 1 to 30 of a to z`,
		"order,A":                             `event name "A"`,
		"heartbeat":                           "is one of the bus itself",
		letters("abcdefghijklmnopqrstuvwxyz"): "26 names: must be at most 20",
	} {
		status, answer, _ := exampletest.Do(t, http.MethodGet, url+"events?names="+query, "")
		assert.Equal(t, http.StatusBadRequest, status)
		assert.Contains(t, answer, want)
	}
	status, answer, _ := exampletest.Do(t, http.MethodPost, url+"publish?name=order", strings.Repeat("x", longest+1))
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Equal(t, "the data has 4097 bytes: must be at most 4096", answer)
}

func letters(s string) string { return strings.Join(strings.Split(s, ""), ",") }

func TestThePageIsServedFromTheBinary(t *testing.T) { exampletest.Page(t, begin) }
