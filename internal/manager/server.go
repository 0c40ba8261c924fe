package manager

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Serve answers on a listener until ctx ends; then runs finish what is in the air,
// for as long as grace. config nil is for no TLS. connections bounds how many there
// are at a time; 0 is 2,000.
func (m *Manager) Serve(ctx context.Context, l net.Listener, config *tls.Config, connections int, grace time.Duration) error {
	if connections <= 0 {
		connections = 2000
	}
	l = &boundedListener{Listener: l, turn: make(chan struct{}, connections)}
	if config != nil {
		l = tls.NewListener(l, config)
	}
	s := &http.Server{
		Handler:           m.Handler(),
		ReadHeaderTimeout: m.opts.Limits.ReadTime,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(m.log.Handler(), slog.LevelDebug),
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	// Runs first: who waits for one is to be told how it ended.
	m.Close(end)
	err := s.Shutdown(end)
	_ = s.Close()
	if errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}

// boundedListener is a listener that takes a bounded number of connections at a time; those
// beyond wait in the kernel's queue.
type boundedListener struct {
	net.Listener
	turn chan struct{}
}

// Accept implements net.Listener.
func (b *boundedListener) Accept() (net.Conn, error) {
	b.turn <- struct{}{}
	c, err := b.Listener.Accept()
	if err != nil {
		<-b.turn
		return nil, err
	}
	return &counted{Conn: c, leave: func() { <-b.turn }}, nil
}

// counted gives its place back when it is closed.
type counted struct {
	net.Conn
	once  sync.Once
	leave func()
}

// Close implements net.Conn.
func (c *counted) Close() error {
	c.once.Do(c.leave)
	return c.Conn.Close()
}
