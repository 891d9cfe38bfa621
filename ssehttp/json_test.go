package ssehttp

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/sink"
)

type quote struct {
	Symbol string  `json:"symbol"`
	Price  float64 `json:"price"`
}

func (q quote) Key() string { return q.Symbol }

func TestJSONMakesAnEncodedEventOfAValue(t *testing.T) {
	e, err := JSON[quote]("price")(quote{"ABC", 10.5})
	require.NoError(t, err)
	assert.Equal(t, "event: price\ndata: {\"symbol\":\"ABC\",\"price\":10.5}\n\n", string(e.shared(Standard)))
	assert.Equal(t, `{"symbol":"ABC","price":10.5}`, e.Data)
}

func TestJSONTakesIDAndRetryFromItsEncoding(t *testing.T) {
	price := JSON("price", Encoding[quote]{ID: quote.Key, Retry: 3 * time.Second})
	for range 2 {
		e, err := price(quote{"ABC", 1})
		require.NoError(t, err)
		assert.Equal(t, "id: ABC\nevent: price\nretry: 3000\ndata: {\"symbol\":\"ABC\",\"price\":1}\n\n", string(e.shared(Standard)))
	}
}

func TestJSONTakesTheIDOfAValueThatHasOne(t *testing.T) {
	entry := sink.Entry[quote]{ID: "7", Value: quote{"A<B", 1}}
	for want, f := range map[string]func(sink.Entry[quote]) (Event, error){
		"id: 7\nevent: price\ndata: {\"symbol\":\"A<B\",\"price\":1}\n\n": JSON[sink.Entry[quote]]("price"),
		"id: A<B\nevent: price\ndata: {\"symbol\":\"A<B\",\"price\":1}\n\n": JSON("price", Encoding[sink.Entry[quote]]{
			ID: func(e sink.Entry[quote]) string { return e.Value.Symbol },
		}),
	} {
		e, err := f(entry)
		require.NoError(t, err)
		assert.Equal(t, want, string(e.shared(Standard)))
	}
}

func TestJSONDoesNotEscapeForHTMLAndHasNoTrailingLineBreak(t *testing.T) {
	e, err := JSON[string]("")("<a&b>\n")
	require.NoError(t, err)
	assert.Equal(t, "data: \"<a&b>\\n\"\n\n", string(e.shared(Standard)))
}

func TestJSONWithAMarshalOfItsOwnSplitsItsLines(t *testing.T) {
	indented := JSON("q", Encoding[quote]{Marshal: func(q quote) ([]byte, error) { return json.MarshalIndent(q, "", " ") }})
	e, err := indented(quote{"A", 1})
	require.NoError(t, err)
	assert.Equal(t, "event: q\ndata: {\ndata:  \"symbol\": \"A\",\ndata:  \"price\": 1\ndata: }\n\n", string(e.shared(Standard)))
}

func TestJSONOfNothingIsStillData(t *testing.T) {
	e, err := JSON("n", Encoding[int]{Marshal: func(int) ([]byte, error) { return nil, nil }})(1)
	require.NoError(t, err)
	assert.Equal(t, "event:n\ndata:\n\n", string(e.shared(Spring)))
}

func TestJSONReportsWhatCannotBeMarshalled(t *testing.T) {
	_, err := JSON[float64]("load")(math.NaN())
	var unsupported *json.UnsupportedValueError
	require.ErrorAs(t, err, &unsupported)
	assert.ErrorContains(t, err, `event "load"`)

	boom := errors.New("boom")
	_, err = JSON("x", Encoding[int]{Marshal: func(int) ([]byte, error) { return nil, boom }})(1)
	assert.ErrorIs(t, err, boom)
}

func TestJSONGoesOnAfterAValueThatCannotBeMarshalled(t *testing.T) {
	load := JSON[float64]("load")
	_, err := load(math.Inf(1))
	require.Error(t, err)
	e, err := load(1)
	require.NoError(t, err)
	assert.Equal(t, "1", e.Data)
}

func TestJSONRefusesWrongArgumentsAtEveryCall(t *testing.T) {
	for says, f := range map[string]func(int) (Event, error){
		`event name "a\nb"`: JSON[int]("a\nb"),
		"retry -1s":         JSON("x", Encoding[int]{Retry: -time.Second}),
		"2 Encodings":       JSON("x", Encoding[int]{}, Encoding[int]{}),
		`id "1\n"`:          JSON("x", Encoding[int]{ID: func(n int) string { return strconv.Itoa(n) + "\n" }}),
	} {
		for range 2 {
			_, err := f(1)
			require.ErrorIs(t, err, ErrInvalidEvent)
			assert.ErrorContains(t, err, says)
		}
	}
}

func TestOneJSONFunctionServesManyGoroutines(t *testing.T) {
	text := JSON[string]("t")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			value := strings.Repeat(strconv.Itoa(i), 100*i)
			for range 50 {
				e, err := text(value)
				assert.NoError(t, err)
				assert.Equal(t, `"`+value+`"`, e.Data)
			}
		})
	}
	all.Wait()
}
