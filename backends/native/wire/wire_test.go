package wire

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"strings"
	"testing"
	"time"
)

// broker is the other side of a connection, driven by a test.
type broker struct {
	*testing.T
	net.Conn
}

// listen gives the address of a broker that serves one connection.
func listen(t *testing.T, serve func(*broker)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		serve(&broker{t, c})
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().String()
}

func (b *broker) expect(want kind) fields {
	k, f, err := readFrame(b)
	if err != nil || k != want {
		b.Errorf("the broker got command %d (%v), want %d", k, err, want)
	}
	return f
}

func (b *broker) send(k kind, m message) {
	if _, err := b.Write(frame(k, m)); err != nil {
		b.Errorf("sending %d: %v", k, err)
	}
}

func (b *broker) hello() fields {
	f := b.expect(kindConnect)
	b.send(kindConnected, message(nil).text(1, "Pulsar"))
	return f
}

// gone waits until the client has closed the connection.
func (b *broker) gone() {
	for {
		if _, _, err := readFrame(b); err != nil {
			return
		}
	}
}

// tokens gives a new token each time.
func tokens() Credentials {
	n := byte('0')
	return func(context.Context) (string, []byte, error) {
		n++
		return "token", []byte{'t', n}, nil
	}
}

func TestExclusiveProducer(t *testing.T) {
	at := listen(t, func(b *broker) {
		f := b.hello()
		if f.text(5) != "token" || f.text(3) != "t1" || f.text(6) != "inner:6650" {
			t.Errorf("CONNECT has method %q, data %q, proxied to %q", f.text(5), f.text(3), f.text(6))
		}
		f = b.expect(kindProducer)
		property, err := parse(f.bytes(6))
		if err != nil || property.text(1) != "user" || property.text(2) != "alice" || f.number(10) != 1 || f.number(11) != 7 || f.text(1) != "topic" {
			t.Errorf("PRODUCER is %v, %v", f, property)
		}
		// A broker that asks for fresh credentials gets them, and one that asks for a sign of life, too.
		b.send(kindAuthChallenge, message(nil))
		data, err := parse(b.expect(kindAuthResponse).bytes(2))
		if err != nil || data.text(1) != "token" || data.text(2) != "t2" {
			t.Errorf("AUTH_RESPONSE has %v (%v)", data, err)
		}
		b.send(kindPing, nil)
		b.expect(kindPong)
		b.send(kindProducerSuccess, message(nil).number(1, f.number(3)).text(2, "name").number(5, 7))
		b.expect(kindPing)
		b.send(kindPong, nil)
		f = b.expect(kindCloseProducer)
		b.send(kindSuccess, message(nil).number(1, f.number(2)))
		b.gone()
	})
	c, err := Dial(t.Context(), Target{Address: at, ProxyTo: "inner:6650", Credentials: tokens()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	epoch := uint64(7)
	if got, err := c.Exclusive(t.Context(), "topic", &epoch, map[string]string{"user": "alice"}); err != nil || got != 7 {
		t.Errorf("epoch %d, %v", got, err)
	}
	if err := c.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if err := c.Release(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestLookup(t *testing.T) {
	at := listen(t, func(b *broker) {
		b.hello()
		f := b.expect(kindLookup)
		b.send(kindLookupResponse, message(nil).text(1, "pulsar://a:1").text(2, "pulsar+ssl://a:2").number(3, 1).number(4, f.number(2)).flag(8, true))
		f = b.expect(kindLookup)
		b.send(kindLookupResponse, message(nil).text(1, "pulsar://b:1").number(3, 0).number(4, f.number(2)).flag(5, true))
		f = b.expect(kindLookup)
		b.send(kindLookupResponse, message(nil).number(3, 2).number(4, f.number(2)).number(6, uint64(AuthorizationError)).text(7, "no\nat java.lang.Thread"))
		b.gone()
	})
	c, err := Dial(t.Context(), Target{Address: at})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, want := range []Location{{URL: "pulsar://a:1", URLTLS: "pulsar+ssl://a:2", Proxied: true}, {URL: "pulsar://b:1", Again: true, Authoritative: true}} {
		if got, err := c.Lookup(t.Context(), "topic", false); err != nil || got != want {
			t.Errorf("%+v, %v", got, err)
		}
	}
	_, err = c.Lookup(t.Context(), "topic", false)
	if CodeOf(err) != AuthorizationError || err.Error() != "AuthorizationError: no" {
		t.Errorf("%v", err)
	}
}

// What ends a connection is told to those who wait on it.
func TestEnds(t *testing.T) {
	for name, end := range map[string]func(*broker){
		"cut":               func(b *broker) { b.Close() },
		"producer closed":   func(b *broker) { b.send(kindCloseProducer, message(nil).number(1, 1).number(2, 0)); b.gone() },
		"not the protocol":  func(b *broker) { b.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")); b.gone() },
		"a frame too large": func(b *broker) { b.Write(binary.BigEndian.AppendUint64(nil, 1<<62)); b.gone() },
	} {
		at := listen(t, func(b *broker) { b.hello(); b.expect(kindPing); end(b) })
		c, err := Dial(t.Context(), Target{Address: at})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Ping(t.Context()); err == nil || !errors.Is(err, c.Err()) {
			t.Errorf("%s: %v, the connection says %v", name, err, c.Err())
		}
		<-c.Closed()
		if _, err := c.Lookup(t.Context(), "topic", false); err == nil {
			t.Errorf("%s: it goes on", name)
		}
	}
}

func TestRefusedHello(t *testing.T) {
	at := listen(t, func(b *broker) {
		b.expect(kindConnect)
		b.send(kindError, message(nil).number(1, 0).number(2, uint64(AuthenticationError)).text(3, "Failed \x1b[31mto authenticate"))
	})
	_, err := Dial(t.Context(), Target{Address: at})
	if CodeOf(err) != AuthenticationError || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("%v", err)
	}
	at = listen(t, func(b *broker) { b.Write([]byte("SSH-2.0-OpenSSH_9.6\r\n")); b.gone() })
	if _, err := Dial(t.Context(), Target{Address: at}); !errors.Is(err, errFrame) {
		t.Errorf("%v", err)
	}
	// A place that accepts and says nothing ends with the caller's patience.
	at = listen(t, func(b *broker) { b.gone() })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Dial(ctx, Target{Address: at}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if _, err := Dial(t.Context(), Target{Address: at, Credentials: func(context.Context) (string, []byte, error) { return "", nil, errors.New("no token") }}); err == nil {
		t.Error("no credentials and no error")
	}
}

// Whatever is sent, reading ends with a command or an error, and holds little memory.
func FuzzReadFrame(f *testing.F) {
	f.Add(frame(kindLookupResponse, message(nil).text(1, "pulsar://a:1").number(4, 1)))
	f.Add([]byte{0, 0, 0, 8, 0, 0, 0, 4, 8, 3, 26, 0})
	f.Add(binary.BigEndian.AppendUint64(nil, 1<<62))
	f.Fuzz(func(t *testing.T, data []byte) {
		k, got, err := readFrame(bytes.NewReader(data))
		if err == nil && k > 1 && k < 100 {
			// What was read can be written and read again, of the kinds that there are.
			m := message(nil)
			for n, v := range got {
				if v.bytes != nil {
					m = m.bytes(n, v.bytes)
				} else {
					m = m.number(n, v.number)
				}
			}
			k2, _, err := readFrame(bytes.NewReader(frame(k, m)))
			if err != nil || k2 != k {
				t.Errorf("%d is read as %d, %v", k, k2, err)
			}
		}
	})
}
