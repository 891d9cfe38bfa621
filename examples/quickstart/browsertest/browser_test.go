package browsertest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// patience is how long a test waits for what it expects to see. It is long
// because a browser on a busy machine is slow; what is seen ends the wait.
const patience = 20 * time.Second

// find gives the path of a browser, or skips the test, loudly.
func find(t *testing.T) string {
	t.Helper()
	wanted := os.Getenv("FRESHET_BROWSER")
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
		"/Applications/Chromium.app/Contents/MacOS/Chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"}
	if wanted != "" && wanted != "required" {
		names = []string{wanted}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing := fmt.Sprintf("NO BROWSER, SO THE PAGE WAS NOT TESTED: none of %s is here; install one (Debian: apt-get install chromium)", strings.Join(names, ", "))
	if wanted != "" {
		t.Fatal(missing)
	}
	fmt.Fprintln(os.Stderr, missing)
	t.Skip(missing)
	return ""
}

// page is a tab.
type page struct{ ctx context.Context }

// browse starts a browser of its own for the test and opens url in it. An
// exception of the page's scripts fails the test.
func browse(t *testing.T, path, url string) *page {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.NoSandbox, // a container's root has no sandbox to be in
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.UserDataDir(t.TempDir()),
		chromedp.WindowSize(1400, 1300),
	)
	limit, cancel := context.WithTimeout(context.Background(), 2*time.Minute) // t.Context ends before the clean-up
	t.Cleanup(cancel)
	allocator, end := chromedp.NewExecAllocator(limit, options...)
	t.Cleanup(end)
	ctx, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	require.NoError(t, chromedp.Do(ctx), "the browser starts")

	messages := chromedp.Console(ctx)
	ended := make(chan struct{})
	go func() { // ends with the tab
		defer close(ended)
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.IsException() {
				t.Errorf("an exception on the page: %s", m.Text)
			}
		}
	}()
	t.Cleanup(func() {
		// Waits for the browser to end, or its profile could not be removed.
		if err := chromedp.Cancel(ctx); err != nil {
			t.Logf("closing the browser: %v", err)
		}
		<-ended
	})
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(url)))
	return &page{ctx}
}

// tab opens a second tab of the same browser; shut closes it as a person would.
func (p *page) tab(t *testing.T, url string) (second *page, shut func()) {
	t.Helper()
	ctx, cancel := chromedp.NewContext(p.ctx)
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(url)))
	return &page{ctx}, func() { require.NoError(t, chromedp.Cancel(ctx)) }
}

// waitFor waits until a JavaScript expression is true.
func (p *page) waitFor(t *testing.T, what, expression string) {
	t.Helper()
	_, err := chromedp.Run(p.ctx, chromedp.Poll[chromedp.Void](expression,
		chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(patience)))
	require.NoError(t, err, "%s: %s; the page shows: %s", what, expression, p.text(`document.body.innerText`))
}

// text evaluates an expression that gives a string.
func (p *page) text(expression string) string {
	s, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](expression))
	if err != nil {
		return err.Error()
	}
	return s
}

// number evaluates an expression that gives a number.
func (p *page) number(t *testing.T, expression string) int {
	t.Helper()
	n, err := chromedp.Run(p.ctx, chromedp.Evaluate[int](expression))
	require.NoError(t, err, expression)
	return n
}

// do runs a script for what it does.
func (p *page) do(t *testing.T, script string) {
	t.Helper()
	require.NoError(t, chromedp.Do(p.ctx, chromedp.Evaluate[chromedp.Void](script)), script)
}

// state and lastID are what the page says of its connection.
const (
	state  = `document.getElementById("connection").dataset.state`
	lastID = `Number(document.getElementById("last-id").textContent)`
)

// reading is the expression for the number that a chart reads first.
func reading(chart string) string {
	return fmt.Sprintf(`parseFloat(document.querySelector('[data-chart="%s"] .legend b').textContent)`, chart)
}

// picture gives the pixels of a chart.
func (p *page) picture(chart string) string {
	return p.text(fmt.Sprintf(`document.querySelector('[data-chart="%s"] canvas').toDataURL()`, chart))
}
