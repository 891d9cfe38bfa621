package main

import ("context";"fmt";"github.com/freshet-go/freshet/flux")

type A struct{ x int; s string }
func main() { v, _ := flux.Map(flux.Just(3,4), func(i int) A { return A{x: i} }).Filter(func(a A) bool { return true }).Collect(context.Background()); fmt.Println(v) }
