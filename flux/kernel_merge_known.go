package flux

// What a merge takes from publishers whose values are known, without subscribing to
// them: see kernel_merge.go.

// onListed takes the first values of a publisher that need not be subscribed to,
// and tells how many: as far as they can go straight through.
func (m *merge[T, R]) onListed(list listed[R]) (n int) {
	if !m.wip.enter() {
		return 0
	}
	n = m.passListed(list)
	if n > 0 && m.demand.load() == 0 {
		m.turn = m.nextSlot() // who used the last demand is the first when there is more, as in Reactor
	}
	if n == list.size() && !m.over.Load() {
		m.skipSlot()
		m.replenish++
		m.refill()
	}
	m.leave()
	return n
}

// passListed passes values while there is demand and nothing else has happened.
func (m *merge[T, R]) passListed(list listed[R]) (n int) {
	if m.over.Load() {
		return 0
	}
	defer m.guard()
	used, most, size := int64(0), m.demand.load(), list.size()
	for n < size && used < most && m.wip.alone() {
		v := list.at(n)
		n++
		if m.push(v) {
			used++
		}
	}
	m.demand.sub(used)
	return n
}

// onSingle takes the value of a publisher that need not be subscribed to.
func (m *merge[T, R]) onSingle(v R, ok bool, err error) {
	switch {
	case err != nil:
		m.fail(err, nil)
		m.askForSingle()
	case !ok:
		m.askForSingle()
	case m.wip.enter():
		if m.direct(&m.singles, v) {
			m.askForSingle()
		} else {
			m.enqueue(&m.singles, v)
		}
		m.leave()
	default:
		m.enqueue(&m.singles, v)
		m.change()
	}
}

// askForSingle asks main for the next values once three quarters of the
// concurrency were used up by single values.
func (m *merge[T, R]) askForSingle() {
	if m.concurrency == unlimited {
		return
	}
	if m.passed++; int(m.passed) == refillAt(m.concurrency) {
		m.passed = 0
		m.upstream().Request(int64(refillAt(m.concurrency)))
	}
}
