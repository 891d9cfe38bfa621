package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// wellFormed reads an SVG to its end.
func wellFormed(t *testing.T, svg string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
	}
}

const awkward = `a<b & "c"`

func TestPlotsAreWellFormedAndEscapeTheirTexts(t *testing.T) {
	bars := []Bar{{Label: awkward, Value: 2, Low: 1, High: 3, Text: "2"}, {Label: "x", Color: 12, Value: math.NaN(), Text: "-"}, {Value: 0}}
	series := []Series{{Label: awkward, Points: []Point{{0, 1}, {1, 0}}}, {Label: "none"}}
	for _, plot := range []string{
		string(Bars(awkward, bars)), string(Bars("none", nil)),
		string(Lines(awkward, Axis{Title: awkward}, Axis{Log: true}, series)), string(Lines("none", Axis{}, Axis{Log: true}, nil)),
	} {
		wellFormed(t, plot)
		assert.NotContains(t, plot, "a<b")
		assert.NotContains(t, plot, "NaN")
		assert.NotContains(t, plot, "Inf")
	}
}

func TestTicksAreRoundAndInsideTheScale(t *testing.T) {
	for _, c := range []struct {
		axis   Axis
		values []float64
		want   string
	}{
		{Axis{}, []float64{3, 97}, "0 20 40 60 80 100"},
		{Axis{}, []float64{0.004}, "0 0.001 0.002 0.003 0.004"},
		{Axis{Log: true}, []float64{3, 400}, "5 10 20 50 100 200"},
		{Axis{Log: true}, []float64{1, 1e8}, "1 10 100 1000 10k 100k 1M 10M 100M"},
	} {
		s := c.axis.fit(c.values, 0, 100)
		var got []string
		for _, k := range s.ticks(5) {
			assert.GreaterOrEqual(t, s.at(k.At), 0.0)
			assert.LessOrEqual(t, s.at(k.At), 100.0)
			got = append(got, k.Label)
		}
		assert.Equal(t, c.want, strings.Join(got, " "))
	}
}

func TestNumbersAreShort(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 0.5: "0.5", 0.123: "0.12", 1: "1", 2.804: "2.8", 26.99: "27", 99.96: "100", 146.4: "146", 5000: "5000", 100_004: "100k", 2_664_489: "2.66M", -3: "-3",
	} {
		assert.Equal(t, want, Number(v))
	}
}

func TestLabelsDoNotOverlap(t *testing.T) {
	var places []place
	for range 12 {
		places = append(places, place{y: linesBottom, end: linesBottom})
	}
	spread(places)
	for i := 1; i < len(places); i++ {
		assert.InDelta(t, labelGap, places[i].y-places[i-1].y, 1e-9)
	}
	assert.LessOrEqual(t, places[11].y, linesBottom+8)
	assert.GreaterOrEqual(t, places[0].y, linesTop)
}

var outside = regexp.MustCompile(`(?:src|href)=|url\(|@import|https?://`)

func TestPageIsOneFileWithEveryPart(t *testing.T) {
	p := Page{
		Title: awkward, Lead: "lead", Facts: []string{"fact"}, Tiles: []Tile{{Value: "9", What: "what", Note: "note", Good: true}},
		Sections: []Section{{
			Title: "section", Text: []string{"text"}, List: []string{"item"}, Notes: []Note{{"term", "meaning"}},
			Figures: []Figure{{"figure", "read so", Bars("bars", []Bar{{Label: "bar", Value: 1, Text: "one"}})}},
			Table:   &Table{Head: []string{"head"}, Rows: []Row{{Cells: []string{"cell"}, Best: map[int]bool{0: true}, Strong: true}}},
		}},
	}
	var b bytes.Buffer
	require.NoError(t, p.Write(&b))
	page := b.String()
	for _, part := range []string{"lead", "fact", "tile good", "what", "note", "section", "text", "item", "term", "meaning", "figure", "read so", "one", "head", `class="best">cell`, `class="strong"`} {
		assert.Contains(t, page, part)
	}
	assert.NotContains(t, page, "a<b")
	assert.NotContains(t, page, "ZgotmplZ")
	assert.Empty(t, outside.FindAllString(page, -1))
}
