package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/freshet-go/freshet/bench/internal/program"
)

// webfluxJar gives the program that Maven builds of bench/webflux.
func webfluxJar() (string, error) {
	dir, err := program.ModuleDir(context.Background())
	if err != nil {
		return "", err
	}
	jar := filepath.Join(dir, "webflux", "target", "webflux.jar")
	if _, err := os.Stat(jar); err != nil {
		return "", fmt.Errorf("the program is %w: mvn -q -f bench/webflux/pom.xml package", errMissing)
	}
	return jar, nil
}

func missingWebFlux() error {
	if _, err := exec.LookPath("java"); err != nil {
		return fmt.Errorf("java is %w", errMissing)
	}
	_, err := webfluxJar()
	return err
}

// serveWebFlux is Spring WebFlux with Sinks.many().multicast().directBestEffort(), in
// a JVM with its default options.
func serveWebFlux(ln net.Listener, a *audience) (func(event), error) {
	if err := missingWebFlux(); err != nil {
		return nil, err
	}
	jar, err := webfluxJar()
	if err != nil {
		return nil, err
	}
	addr := free(ln)
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	e := &external{name: "webflux", base: "http://" + addr, header: "Event-Id", gc: "/gc",
		cmd: command("java", "-jar", jar, "--server.address="+host, "--server.port="+port, "--spring.main.banner-mode=off", "--logging.level.root=WARN"),
		counts: func(e *external) (joined, left int64, err error) {
			page, err := e.get("/counts")
			if err == nil {
				_, err = fmt.Sscan(page, &joined, &left)
			}
			return joined, left, err
		}}
	return e.broadcast, e.start(a)
}
