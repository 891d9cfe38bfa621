module github.com/freshet-go/freshet/examples/quickstart/browsertest

go 1.26.0

tool github.com/freshet-go/freshet/examples/quickstart

require (
	github.com/chromedp/chromedp v0.22.1
	github.com/freshet-go/freshet v0.0.0
	github.com/stretchr/testify v1.12.1
)

require (
	github.com/chromedp/cdproto v0.159.0 // indirect
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
	github.com/klauspost/compress v1.20.0 // indirect
	github.com/molecule-man/go-brrr v1.0.1 // indirect
	github.com/valyala/bytebufferpool v1.0.0 // indirect
	github.com/valyala/fasthttp v1.74.0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace github.com/freshet-go/freshet => ../../..
