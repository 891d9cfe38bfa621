module github.com/freshet-go/freshet

go 1.26
