package ssehttp

import (
	"context"
	"log/slog"
)

// LogHook writes one line to logger, at level, for each stream that opens, each that
// is closed and each request that is refused. A nil logger stands for
// slog.Default() at the time of the line.
//
//	ssehttp.Options{Hooks: []ssehttp.Hook{ssehttp.LogHook(logger, slog.LevelInfo)}}
//
// The messages are "stream opened", "stream closed" and "request refused"; the
// attributes stream (its number), path, remote, reason, lasted, events and bytes, or
// cause, status and error. Safe for concurrent use, as the logger is.
func LogHook(logger *slog.Logger, level slog.Level) Hook { return logHook{logger, level} }

type logHook struct {
	logger *slog.Logger
	level  slog.Level
}

// OnStreamOpened implements StreamOpenedHook.
func (h logHook) OnStreamOpened(s StreamInfo) {
	h.log("stream opened", slog.Uint64("stream", s.ID), slog.String("path", s.Path), slog.String("remote", s.RemoteAddr))
}

// OnStreamClosed implements StreamClosedHook.
func (h logHook) OnStreamClosed(s StreamClosed) {
	h.log("stream closed", slog.Uint64("stream", s.ID), slog.String("path", s.Path), slog.String("remote", s.RemoteAddr),
		slog.String("reason", s.Reason.String()), slog.Duration("lasted", s.Lasted),
		slog.Int64("events", s.Events), slog.Int64("bytes", s.Bytes))
}

// OnRequestRefused implements RequestRefusedHook.
func (h logHook) OnRequestRefused(r RequestRefused) {
	h.log("request refused", slog.String("path", r.Path), slog.String("remote", r.RemoteAddr),
		slog.String("cause", r.Cause.String()), slog.Int("status", r.Status), slog.Any("error", r.Err))
}

func (h logHook) log(message string, attrs ...slog.Attr) {
	l := h.logger
	if l == nil {
		l = slog.Default()
	}
	l.LogAttrs(context.Background(), h.level, message, attrs...)
}
