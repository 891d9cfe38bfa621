package ssehttp

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"

	"github.com/freshet-go/freshet/flux"
)

// readingPage tells the server of every event that its EventSource gets, and of an
// error as well.
const readingPage = `<!doctype html><script>
const stream = new EventSource("/stream");
stream.onmessage = (e) => fetch("/got?" + e.data);
stream.onerror = () => fetch("/got?error");
</script>`

// The browser is told the next event when it has told us of the last: nothing stays
// in its decoder, and it reads on behind the first fragment.
func TestABrowserReadsACompressedStreamEventByEvent(t *testing.T) {
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium here: its Debian package is not installed")
	}
	if testing.Short() {
		t.Skip("starts a browser twice")
	}
	for _, k := range every {
		t.Run(k.String(), func(t *testing.T) {
			h := newHand()
			got := make(chan string, 16) // more than there are events
			s := transports[0].serve(t, Options{Compression: []Coding{k}}, func(r *Request) (flux.Publisher[Event], error) {
				assert.Contains(t, r.Header("Accept-Encoding"), k.String())
				return h, nil
			}, func(fs *fasthttp.Server) {
				stream := fs.Handler
				fs.Handler = func(ctx *fasthttp.RequestCtx) {
					switch string(ctx.Path()) {
					case "/stream":
						stream(ctx)
					case "/got":
						got <- string(ctx.URI().QueryString())
					default:
						ctx.SetContentType("text/html")
						ctx.SetBodyString(readingPage)
					}
				}
			})
			ctx, cancel := context.WithTimeout(t.Context(), 6*patient) // a browser may start slowly
			defer cancel()
			//nolint:gosec // a program of the system, and a directory of the test
			cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
				"--user-data-dir="+t.TempDir(), "--remote-debugging-port=0", "http://"+s.addr+"/")
			cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
			cmd.WaitDelay = patient
			require.NoError(t, cmd.Start())
			defer func() {
				cancel()
				_ = cmd.Wait()
			}()
			select {
			case <-h.live:
			case <-ctx.Done():
				require.FailNow(t, "the browser does not come")
			}
			for i := range 5 {
				e := data(fmt.Sprint("n=", i))
				if i%2 == 0 {
					e = encoded(t, e)
				}
				h.sub.OnNext(e)
				select {
				case text := <-got:
					require.Equal(t, e.Data, text)
				case <-time.After(patient):
					require.FailNow(t, "the event does not arrive", i)
				}
			}
		})
	}
}
