// Package ops measures the operators of package flux beside a hand-written loop,
// a chain of iter.Seq, samber/ro and RxGo. It has tests only:
//
//	go test ./bench/ops -run Same -bench . -benchtime 200ms
//
// Every workload takes n elements; all its variants must give the same sum, which
// a test checks. The user functions are variables, so that no variant has them
// inlined. Figures are given an element (ns/elem); allocs/op are those of a whole
// run of n elements, assembly and subscription included.
package ops
