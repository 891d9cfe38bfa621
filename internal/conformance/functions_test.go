package conformance

import (
	"cmp"
	"slices"
)

// integer is a value that must be a whole number; anything else is a mistake
// of the case, as it would be a ClassCastException in Reactor.
func integer(v any) int64 {
	i, ok := v.(int64)
	if !ok {
		malformed("%v (%T) must be a whole number", v, v)
	}
	return i
}

func listOf(v any) []any {
	l, ok := v.([]any)
	if !ok {
		malformed("%v (%T) must be a list", v, v)
	}
	return l
}

// none is what nullOn gives where Reactor's function gives null.
type none struct{}

func call(f any) (name string, args []any) {
	l := listOf(f)
	name, _ = l[0].(string)
	return name, l[1:]
}

func arg(args []any, i int) int64 {
	if i >= len(args) {
		return 0
	}
	n, _ := args[i].(int64)
	return n
}

// function reads a function of one argument; nil is the identity.
func function(f any) func(any) any {
	if f == nil {
		return func(x any) any { return x }
	}
	name, args := call(f)
	k := arg(args, 0)
	switch name {
	case "id":
		return func(x any) any { return x }
	case "inc":
		return func(x any) any { return integer(x) + k }
	case "mul":
		return func(x any) any { return integer(x) * k }
	case "mod":
		return func(x any) any { return floorMod(integer(x), k) }
	case "div":
		return func(x any) any { return (integer(x) - floorMod(integer(x), k)) / k }
	case "neg":
		return func(x any) any { return -integer(x) }
	case "const":
		return func(any) any { return k }
	case "even":
		return func(x any) any { return integer(x)%2 == 0 }
	case "odd":
		return func(x any) any { return integer(x)%2 != 0 }
	case "gt":
		return func(x any) any { return integer(x) > k }
	case "lt":
		return func(x any) any { return integer(x) < k }
	case "eq":
		return func(x any) any { return integer(x) == k }
	case "true":
		return func(any) any { return true }
	case "false":
		return func(any) any { return false }
	default:
		return compound(name, args)
	}
}

// compound reads the functions of lists and of functions.
func compound(name string, args []any) func(any) any {
	nested := func(i int) func(any) any {
		if i >= len(args) {
			return function(nil)
		}
		return function(args[i])
	}
	k := arg(args, 0)
	switch name {
	case "not":
		g := nested(0)
		return func(x any) any { return !g(x).(bool) }
	case "sum":
		return func(x any) any {
			if l, ok := x.([]any); ok {
				return sum(l)
			}
			return x
		}
	case "size":
		return func(x any) any { return int64(len(listOf(x))) }
	case "first":
		return func(x any) any { return listOf(x)[0] }
	case "second":
		return func(x any) any { return listOf(x)[1] }
	case "pair":
		return func(x any) any { return []any{x, x} }
	case "nullOn":
		g := nested(1)
		return func(x any) any {
			if integer(x) == k {
				return none{}
			}
			return g(x)
		}
	case "throwOn":
		g, err := nested(2), named(args[1].(string))
		return func(x any) any {
			if integer(x) == k {
				panic(err)
			}
			return g(x)
		}
	case "then":
		g, h := nested(0), nested(1)
		return func(x any) any { return h(g(x)) }
	}
	malformed("unknown function %s", name)
	return nil
}

func predicate(f any) func(any) bool {
	g := function(f)
	return func(x any) bool { return g(x).(bool) }
}

// function2 reads a function of two arguments.
func function2(f any) func(a, b any) any {
	name, args := call(f)
	switch name {
	case "add":
		return func(a, b any) any { return integer(a) + integer(b) }
	case "sub":
		return func(a, b any) any { return integer(a) - integer(b) }
	case "mul":
		return func(a, b any) any { return integer(a) * integer(b) }
	case "max":
		return func(a, b any) any { return max(integer(a), integer(b)) }
	case "dec":
		return func(a, b any) any { return integer(a)*10 + integer(b) }
	case "pair":
		return func(a, b any) any { return []any{a, b} }
	case "left":
		return func(a, _ any) any { return a }
	case "right":
		return func(_, b any) any { return b }
	case "throwOn":
		k, err, g := arg(args, 0), named(args[1].(string)), function2(args[2])
		return func(a, b any) any {
			if integer(b) == k {
				panic(err)
			}
			return g(a, b)
		}
	}
	malformed("unknown function of two arguments %s", name)
	return nil
}

// functionN reads a function of n arguments; nil makes the list.
func functionN(f any) func([]any) any {
	if f == nil {
		return func(vs []any) any { return slices.Clone(vs) }
	}
	name, args := call(f)
	switch name {
	case "list":
		return functionN(nil)
	case "sum":
		return func(vs []any) any { return sum(vs) }
	case "throwOn":
		k, err, g := arg(args, 0), named(args[1].(string)), functionN(args[2])
		return func(vs []any) any {
			if slices.Contains(vs, any(k)) {
				panic(err)
			}
			return g(vs)
		}
	}
	malformed("unknown function of n arguments %s", name)
	return nil
}

// comparator reads an order; nil is ascending.
func comparator(f any) func(a, b any) int {
	key := func(x any) int64 { return integer(x) }
	if f != nil {
		switch name, args := call(f); name {
		case "desc":
			return func(a, b any) int { return cmp.Compare(integer(b), integer(a)) }
		case "mod":
			key = func(x any) int64 { return floorMod(integer(x), arg(args, 0)) }
		}
	}
	return func(a, b any) int { return cmp.Compare(key(a), key(b)) }
}

func sum(l []any) any {
	var s int64
	for _, x := range l {
		s += integer(x)
	}
	return s
}

func floorMod(x, k int64) int64 {
	m := x % k
	if m != 0 && (m < 0) != (k < 0) {
		m += k
	}
	return m
}
