package prometheus_test

import (
	"fmt"

	prom "github.com/prometheus/client_golang/prometheus"

	"github.com/freshet-go/freshet/ssehttp"
	"github.com/freshet-go/freshet/ssehttp/prometheus"
)

func ExampleNew() {
	collector := prometheus.New(prometheus.Options{Labels: prom.Labels{"server": "prices"}})
	server := ssehttp.New(ssehttp.Options{Hooks: []ssehttp.Hook{collector}})
	collector.Watch(server)

	registry := prom.NewRegistry()
	registry.MustRegister(collector)
	families, err := registry.Gather()
	fmt.Println(families[0].GetName(), families[0].GetMetric()[0].GetLabel()[0].GetValue(), err)
	// Output:
	// freshet_sse_demand_withheld_total prices <nil>
}
