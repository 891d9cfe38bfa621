package ssehttp

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"math"
	"mime"
	"regexp"
	"strings"
	"time"
)

// How a vector becomes events, and the rules by which some cannot: each rule
// looks at what the row asks of Spring, and is the reason under which the row is
// counted.
const (
	ruleForm      = "input of a form that this test does not know"
	ruleSurrogate = "half a surrogate pair is no Unicode text"
	ruleCharset   = "text in another charset than UTF-8"
	ruleOrder     = "fields in an order that only a Java builder or MVC has"
	ruleTwice     = "a field set twice"
	ruleNothing   = "an empty event that writes nothing (WebFlux writes LF)"
	ruleRetry     = "retry beyond time.Duration"
	ruleCodec     = "no JSON codec configured"
	ruleSource    = "the source fails, which is not the encoder's affair"
	ruleBytes     = "raw bytes with a line break break the framing"
)

// springInput is every key that an input may have.
type springInput struct {
	ID          *string          `json:"id"`
	Event       *string          `json:"event"`
	Comment     json.RawMessage  `json:"comment"`
	Retry       *int64           `json:"retry_ms"`
	Data        json.RawMessage  `json:"data"`
	Pretty      bool             `json:"pretty"`
	ContentType string           `json:"content_type"`
	MediaType   string           `json:"media_type"`
	Converter   string           `json:"string_converter"`
	Encoder     string           `json:"encoder"`
	Build       json.RawMessage  `json:"build"`
	Events      []*springInput   `json:"events"`
	RawItems    []springValue    `json:"raw_items"`
	Calls       *[][]springValue `json:"calls"`
	Send        json.RawMessage  `json:"send"`
}

type springValue = json.RawMessage

var (
	surrogatePair = regexp.MustCompile(`(?i)\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}`)
	surrogateHalf = regexp.MustCompile(`(?i)\\ud[89a-f][0-9a-f]{2}`)
)

// events returns the events that stand for the input of a row, or the rule by
// which there are none.
func (row springRow) events() (events []Event, rule string) {
	if surrogateHalf.Match(surrogatePair.ReplaceAll(row.Input, nil)) {
		return nil, ruleSurrogate
	}
	var in springInput
	dec := json.NewDecoder(bytes.NewReader(row.Input))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		return nil, ruleForm
	}
	_, params, _ := mime.ParseMediaType(in.ContentType)
	charset := cmp.Or(in.Converter, params["charset"], "utf-8")
	if !strings.EqualFold(charset, "utf-8") {
		return nil, ruleCharset
	}
	b := springBuilder{writer: row.Writer, pretty: in.Pretty, codec: in.Encoder != "none"}
	switch {
	case in.Build != nil:
		return nil, ruleForm
	case in.Events != nil:
		for _, one := range in.Events {
			b.sorted = true
			b.whole(one)
		}
	case in.RawItems != nil:
		b.sorted = true
		for _, item := range in.RawItems {
			b.set(FieldData, item)
			b.end()
		}
	case in.Send != nil:
		b.set(FieldData, in.Send)
		b.end()
	case in.Calls != nil:
		b.calls(*in.Calls)
	default:
		b.whole(&in)
	}
	return b.events, b.rule
}

// springBuilder collects fields in the order in which Spring would write them.
type springBuilder struct {
	writer string
	pretty bool
	codec  bool
	sorted bool // the input is not yet in Jackson's order of members

	events []Event
	now    Event // the event under construction
	last   Field // the field set last, 0 if none
	rule   string
}

func (b *springBuilder) broken(rule string) { b.rule = cmp.Or(b.rule, rule) }

// whole is an event given as one object: the writer has its own order.
func (b *springBuilder) whole(in *springInput) {
	set := map[Field]springValue{}
	if in.ID != nil {
		set[FieldID] = quoted(*in.ID)
	}
	if in.Event != nil {
		set[FieldName] = quoted(*in.Event)
	}
	if in.Retry != nil {
		set[FieldRetry], _ = json.Marshal(*in.Retry)
	}
	if in.Comment != nil {
		set[FieldComment] = in.Comment
	}
	if in.Data != nil {
		set[FieldData] = in.Data
	}
	order := []Field{FieldID, FieldName, FieldRetry, FieldComment, FieldData}
	if b.writer == "mvc-flux" {
		order = []Field{FieldID, FieldName, FieldData, FieldRetry, FieldComment}
	}
	for _, f := range order {
		if v, ok := set[f]; ok {
			b.set(f, v)
		}
	}
	b.end()
}

// calls is a builder's history. The functional builder sends at once with data
// and send; the emitter sends when all is said.
func (b *springBuilder) calls(calls [][]springValue) {
	for _, call := range calls {
		var method string
		if len(call) == 0 || json.Unmarshal(call[0], &method) != nil {
			b.broken(ruleForm)
			return
		}
		f, known := map[string]Field{
			"id": FieldID, "name": FieldName, "event": FieldName, "retry": FieldRetry,
			"comment": FieldComment, "data": FieldData, "dataJson": FieldData, "send": FieldData,
		}[method]
		ends := b.writer == "webmvc-fn" && f == FieldData
		b.sorted = ends
		switch {
		case !known || len(call) > 2 || len(call) == 1 && method != "send":
			b.broken(ruleForm)
		case len(call) == 2:
			b.set(f, call[1])
		}
		if ends {
			b.end()
		}
	}
	if b.writer != "webmvc-fn" {
		b.end()
	}
}

// set gives the event under construction one more field. Data after data, or a
// comment after a comment, is one value with a line break.
func (b *springBuilder) set(f Field, v springValue) {
	again := f == b.last
	switch {
	case again && f != FieldData && f != FieldComment:
		b.broken(ruleTwice)
	case f < b.last:
		b.broken(ruleOrder)
	}
	b.last = f
	b.now.empty |= f
	switch f {
	case FieldID:
		b.now.ID = b.text(v)
	case FieldName:
		b.now.Name = b.text(v)
	case FieldRetry:
		b.now.Retry = b.milliseconds(v)
	case FieldComment:
		b.now.Comment = joined(again, b.now.Comment, b.text(v))
	case FieldData:
		b.data(v, again)
	}
}

func (b *springBuilder) end() {
	if b.last == 0 && b.writer != "webflux" {
		b.broken(ruleNothing)
	}
	b.events = append(b.events, b.now)
	b.now, b.last = Event{}, 0
}

func joined(again bool, before, more string) string {
	if again {
		return before + "\n" + more
	}
	return more
}

func quoted(s string) springValue {
	b, _ := json.Marshal(s)
	return b
}

func (b *springBuilder) milliseconds(v springValue) time.Duration {
	var ms int64
	if json.Unmarshal(v, &ms) != nil {
		b.broken(ruleForm)
	}
	if ms > math.MaxInt64/int64(time.Millisecond) || ms < math.MinInt64/int64(time.Millisecond) {
		b.broken(ruleRetry)
	}
	return time.Duration(ms) * time.Millisecond
}

// text reads a string or a repetition of one.
func (b *springBuilder) text(v springValue) string {
	var s string
	if json.Unmarshal(v, &s) == nil {
		return s
	}
	var r struct {
		Value, Suffix string
		Count         int
	}
	if json.Unmarshal(v, &r) != nil {
		b.broken(ruleForm)
	}
	return strings.Repeat(r.Value, r.Count) + r.Suffix
}

// data reads a payload: {"kind": ...}, or a bare value where the writer wraps
// values itself.
func (b *springBuilder) data(v springValue, again bool) {
	var d struct {
		Kind  string
		Value json.RawMessage
		Hex   *string
	}
	var s string
	isString := json.Unmarshal(v, &s) == nil
	_ = json.Unmarshal(v, &d) // not every value is an object
	e := b.now
	switch {
	case s == "#error":
		b.broken(ruleSource)
	case isString:
		e.Data = s
	case d.Kind == "string":
		e.Data = b.text(d.Value)
	case d.Kind == "repeat":
		e.Data = b.text(v)
	case d.Hex != nil:
		e.Data = b.bytes(*d.Hex)
	case d.Kind == "json":
		e.Data = b.json(d.Value)
	case d.Kind == "":
		e.Data = b.json(v)
	default:
		b.broken(ruleForm)
	}
	b.now.Data = joined(again, b.now.Data, e.Data)
}

// bytes are JSON to WebFlux and go out as they are from an emitter.
func (b *springBuilder) bytes(text string) string {
	raw, err := hex.DecodeString(text)
	if err != nil {
		b.broken(ruleForm)
	}
	if b.writer == "webflux" {
		e, err := JSON[[]byte]("")(raw)
		if err != nil {
			b.broken(ruleForm)
		}
		return e.Data
	}
	if bytes.ContainsAny(raw, "\r\n") {
		b.broken(ruleBytes)
	}
	return string(raw)
}

func (b *springBuilder) json(doc json.RawMessage) string {
	if !b.codec {
		b.broken(ruleCodec)
	}
	like := jackson{pretty: b.pretty, sorted: b.sorted}
	e, err := JSON("", Encoding[json.RawMessage]{Marshal: like.marshal})(doc)
	if err != nil {
		b.broken(ruleForm)
	}
	return e.Data
}
