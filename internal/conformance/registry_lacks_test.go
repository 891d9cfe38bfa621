package conformance

// lacks are the variants of bound operators that do not exist yet.
func lacks() map[string]func(n node) string {
	return map[string]func(n node) string{}
}
