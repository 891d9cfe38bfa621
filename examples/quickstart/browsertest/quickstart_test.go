package browsertest

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestTheChartsMove(t *testing.T) {
	browser := find(t)
	s := start(t, build(t), "127.0.0.1:0")
	p := browse(t, browser, s.url)
	p.waitFor(t, "the connection is live", state+` === "live"`)
	p.waitFor(t, "samples come", lastID+` > 12`)

	before := map[string]string{}
	charts := []string{"cpu", "clients", "memory", "load", "net", "process", "goroutines"}
	if runtime.GOOS != "linux" {
		charts = []string{"clients", "process", "goroutines"}
	}
	for _, chart := range charts {
		before[chart] = p.picture(chart)
		assert.Greater(t, len(before[chart]), 200, "the canvas of %s", chart)
	}
	p.waitFor(t, "more samples come", fmt.Sprintf(`%s > %d`, lastID, p.number(t, lastID)+12))
	for _, chart := range charts {
		assert.NotEqual(t, before[chart], p.picture(chart), "the chart of %s stands still", chart)
	}
	p.waitFor(t, "a chart slides between two samples",
		`document.querySelector('[data-chart="process"] canvas').getAnimations().length > 0`)
	if runtime.GOOS == "linux" {
		p.waitFor(t, "each core has its meter", fmt.Sprintf(`document.querySelectorAll("#cores li").length >= %d`, runtime.NumCPU()))
		p.waitFor(t, "memory is read", reading("memory")+` > 0`)
	}
	p.waitFor(t, "the goroutines are read", reading("goroutines")+` > 0`)
	p.waitFor(t, "the uptime is told", `/\d/.test(document.getElementById("uptime").textContent)`)
}

func TestThePageLivesThroughARestartOfItsServer(t *testing.T) {
	browser, binary := find(t), build(t)
	s := start(t, binary, "127.0.0.1:0")
	p := browse(t, browser, s.url)
	p.waitFor(t, "the connection is live", state+` === "live"`)
	p.do(t, `window.notReloaded = true`)

	for how, end := range map[string]func(*server, *testing.T){"ctrl-C": (*server).interrupt, "a kill": (*server).kill} {
		p.waitFor(t, "samples come", lastID+` > 12`)
		seen := p.number(t, lastID)
		end(s, t)
		want := map[string]string{"ctrl-C": "leaving", "a kill": "lost"}[how]
		p.waitFor(t, "the page says after "+how+" that the server is gone", state+fmt.Sprintf(` === %q`, want))

		s = start(t, binary, s.addr)
		p.waitFor(t, "the connection is live again after "+how, state+` === "live"`)
		p.waitFor(t, "samples come again, numbered on", fmt.Sprintf(`%s > %d`, lastID, seen+12))
		p.waitFor(t, "the server counts the page", reading("clients")+` === 1`)
	}
	p.waitFor(t, "all of it without a reload", `window.notReloaded`)
}

func TestClosingATabCancelsItsPipelineOnTheServer(t *testing.T) {
	browser := find(t)
	s := start(t, build(t), "127.0.0.1:0")
	p := browse(t, browser, s.url)
	p.waitFor(t, "one client", reading("clients")+` === 1`)
	second, shut := p.tab(t, s.url)
	second.waitFor(t, "the second tab is live", state+` === "live"`)
	p.waitFor(t, "two clients", reading("clients")+` === 2`)
	assert.Equal(t, 0, s.log.await(`left: `, 0, 0), s.log.String())

	shut()
	assert.Equal(t, 1, s.log.await(`left: cancel`, 1, patience), "the server saw the cancel: %s", s.log.String())
	p.waitFor(t, "one client again", reading("clients")+` === 1`)
}

func TestUntickingAnEventTakesItOutOfTheStream(t *testing.T) {
	browser := find(t)
	s := start(t, build(t), "127.0.0.1:0")
	p := browse(t, browser, s.url+"?only=memory,clients,cpu")
	id := func(name string) string {
		return fmt.Sprintf(`Number(document.querySelector('#wire [name="%s"]').parentElement.querySelector(".id").textContent)`, name)
	}
	p.waitFor(t, "the events asked for come", id("memory")+` > 5 && `+id("clients")+` > 5`)
	assert.Zero(t, p.number(t, id("go")), "no other event comes")

	p.do(t, `document.querySelector('#wire [name="memory"]').click()`)
	old := p.number(t, id("memory"))
	p.waitFor(t, "the rest goes on, numbered on", fmt.Sprintf(`%s > %d`, id("clients"), old+8))
	assert.Equal(t, old, p.number(t, id("memory")), "what was unticked comes no more")
	p.waitFor(t, "the curl line says so", `document.getElementById("curl").textContent.includes("only=cpu,clients")`)
	assert.Equal(t, 1, s.log.await(`left: cancel`, 1, 5*time.Second), "the stream before is cancelled: %s", s.log.String())
}
