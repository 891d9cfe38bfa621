package conformance

// lacks are the variants of bound operators that do not exist yet.
func lacks() map[string]func(n node) string {
	return map[string]func(n node) string{}
}

// given is lacking where one of the fields is set.
func given(keys ...string) func(n node) string {
	return func(n node) string {
		for _, k := range keys {
			if n.has(k) {
				return k
			}
		}
		return ""
	}
}
