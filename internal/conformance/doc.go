// Package conformance runs the recorded traces of Project Reactor against
// Freshet.
//
// A trace is a case: a pipeline in a small DSL, the subscribers and the script
// that drive it, and what Reactor was seen to do, row by row, in virtual
// milliseconds. testdata/reactor/README.md defines the DSL; this package builds
// each pipeline out of Freshet's operators, runs it in a [testing/synctest]
// bubble and compares what it recorded.
//
// # Vocabulary
//
//   - A case is supported when every operator its DSL names stands in the
//     [registry]; there is no list of cases anywhere. Supporting an operator is
//     one line in the registry file of its family.
//   - A decision is a rule, with a reason and a predicate over a case, that says
//     where Freshet differs from Reactor on purpose (decisions_test.go).
//   - A rig is one run of one case: it builds, records and is thrown away.
//
// The DSL's own sources and operators (timed, hot, attempt, case, probe, hide)
// are foreign to package flux: they implement Publisher, Subscriber and
// Subscription by hand, so that what passes between two operators of flux is
// seen by somebody who does not belong to it.
//
// All of it is test code, so that nobody compiles what they do not use.
//
// # Running
//
//	go test ./internal/conformance -run TestReactorTraces -v
//	go test ./internal/conformance -run TestReactorTraces -v -case '^take/' -show
//
// FRESHET_TRACES, a list of directories, replaces testdata.
package conformance
