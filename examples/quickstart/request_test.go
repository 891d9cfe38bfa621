package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOnlyNamesTheEventsThatAClientWants(t *testing.T) {
	for query, want := range map[string][]string{
		"":           eventNames,
		"cpu":        {"cpu"},
		"cpu,memory": {"cpu", "memory"},
		"alert,cpu":  {"alert", "cpu"},
	} {
		got, err := onlyOf(query)
		require.NoError(t, err, query)
		assert.Equal(t, want, got, query)
	}
}

func TestAnUnknownNameIsRefusedWithTheOnesThatExist(t *testing.T) {
	for query, bad := range map[string]string{
		"cpu,disk": `"disk"`, "CPU": `"CPU"`, ",": `""`, "cpu,": `""`, "cpu, memory": `" memory"`, "open": `"open"`, "a\nb": `"a\nb"`,
	} {
		_, err := onlyOf(query)
		require.ErrorContains(t, err, "there is no event "+bad, query)
		assert.ErrorContains(t, err, "allowed are cpu, memory, go, net, clients, alert", query)
	}
}

func TestLastEventIDIsANumberThatThisServerCouldHaveGiven(t *testing.T) {
	for header, want := range map[string]int64{"": 0, "0": 0, "41": 41, "9007199254740991": 1<<53 - 1} {
		got, err := lastIDOf(header)
		require.NoError(t, err, header)
		assert.Equal(t, want, got, header)
	}
	for _, header := range []string{"x", "-1", "+1", "1.5", "1e3", " 1", "0x10", "9007199254740992", "99999999999999999999"} {
		_, err := lastIDOf(header)
		require.ErrorContains(t, err, "malformed Last-Event-ID", header)
		assert.ErrorContains(t, err, header)
		assert.ErrorContains(t, err, "whole numbers from 1 to 9007199254740991")
	}
}
