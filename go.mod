module github.com/freshet-go/freshet

go 1.26.0

require (
	github.com/klauspost/compress v1.20.0
	github.com/molecule-man/go-brrr v1.0.1
	github.com/stretchr/testify v1.12.1
	github.com/valyala/fasthttp v1.74.0
	go.uber.org/goleak v1.3.0
	golang.org/x/sys v0.49.0
	pgregory.net/rapid v1.3.0
)

require (
	github.com/valyala/bytebufferpool v1.0.0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
)
