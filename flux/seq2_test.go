package flux_test

import (
	"context"
	"errors"
	"iter"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/freshet-go/freshet/flux"
	"github.com/freshet-go/freshet/flux/fluxtest"
)

var errPage = errors.New("page 3 is missing")

// pages gives 1, 2, ..., then the error if there is one; left tells that it ended.
func pages(n int, end error, left *bool) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		defer func() { *left = true }()
		for i := range n {
			if !yield(i+1, nil) {
				return
			}
		}
		if end != nil {
			yield(-1, end)
		}
	}
}

func TestFromSeq2EndsWithTheFirstError(t *testing.T) {
	for _, demand := range []int64{1, flux.Unbounded} {
		var left bool
		v := fluxtest.Verify(t, flux.FromSeq2(pages(2, errPage, &left))).WithDemand(demand).Next(1)
		if demand == 1 {
			v = v.Request(1).Next(2).ThenDo(func() { require.False(t, left, "pulled ahead") }).Request(1)
		} else {
			v = v.Next(2)
		}
		v.Error(errPage)
		require.True(t, left)
	}
}

func TestFromSeq2CompletesWithoutAnError(t *testing.T) {
	var left bool
	fluxtest.Verify(t, flux.FromSeq2(pages(3, nil, &left))).Next(1, 2, 3).Complete()
}

func TestFromSeq2StopsTheSequenceOnCancel(t *testing.T) {
	for _, demand := range []int64{2, flux.Unbounded} {
		var left bool
		fluxtest.Verify(t, flux.FromSeq2(pages(1000, errPage, &left))).WithDemand(demand).Next(1, 2).Cancel()
		require.True(t, left)
	}
}

func TestFromSeq2TakesWhatAllGives(t *testing.T) {
	ctx := context.Background()
	src := flux.Just(1, 2).ConcatWith(flux.Error[int](errPage))
	fluxtest.Verify(t, flux.FromSeq2(src.All(ctx))).Next(1, 2).Error(errPage)
}
