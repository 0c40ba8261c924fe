package lock

import (
	"context"
	"errors"
	"fmt"

	"github.com/meshc/meshc/backends/native/conn"
	"github.com/meshc/meshc/backends/native/wire"
)

// Unreachable tells that no broker could be connected to that serves the topic.
type Unreachable struct {
	// Broker is the address that was tried last, as a URL.
	Broker string
	Err    error
}

// Error implements error.
func (u *Unreachable) Error() string {
	return fmt.Sprintf("cannot reach the broker %s: %v", u.Broker, u.Err)
}

// Unwrap gives the cause.
func (u *Unreachable) Unwrap() error { return u.Err }

// mostLookups bounds how often brokers send from one to the other.
const mostLookups = 10

// Connect finds the broker that serves the topic and connects to it; Topic, Settings
// and Locate are all it needs. Errors: those of Locate, an *Unreachable, a
// *conn.RefusedError or a *wire.ServerError.
//
// An address that the user named is asked first. Without one the web service
// tells which broker it is; where that broker's name is not to be trusted, or
// cannot be reached from here, a proxy may stand at the host of the web service.
func (o Options) Connect(ctx context.Context) (*wire.Conn, error) {
	named, err := o.Settings.Brokers()
	if err != nil {
		return nil, err
	}
	if len(named) > 0 {
		return o.ask(ctx, named)
	}
	plain, encrypted, err := o.Locate(ctx)
	if err != nil {
		return nil, err
	}
	told, err := o.choose(plain, encrypted)
	if err == nil {
		var c *wire.Conn
		if c, err = o.dial(ctx, told, ""); err == nil {
			return c, nil
		}
	}
	if ctx.Err() != nil {
		return nil, err
	}
	guess, guessErr := o.Settings.GuessBroker()
	if guessErr != nil || guess == told || wire.CodeOf(err) >= 0 {
		return nil, err
	}
	c, guessErr := o.ask(ctx, []conn.Broker{guess})
	if guessErr != nil {
		// What the cluster said is the better reason: the other was a guess.
		return nil, err
	}
	return c, nil
}

// choose takes the encrypted address of two where the web service is encrypted,
// or there is no other, and looks whether it may be connected to.
func (o Options) choose(plain, encrypted string) (conn.Broker, error) {
	guess, err := o.Settings.GuessBroker()
	if err != nil {
		return conn.Broker{}, err
	}
	url := plain
	if encrypted != "" && (guess.TLS || plain == "") {
		url = encrypted
	}
	b, err := conn.ParseBroker(url)
	if err != nil {
		return conn.Broker{}, err
	}
	return b, o.Settings.TrustBroker(b)
}

// ask connects to the first address that answers and follows where it says that
// the topic is served.
func (o Options) ask(ctx context.Context, from []conn.Broker) (*wire.Conn, error) {
	var c *wire.Conn
	var at conn.Broker
	var err error
	for _, at = range from {
		if c, err = o.dial(ctx, at, ""); err == nil || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	authoritative := false
	for range mostLookups {
		found, err := c.Lookup(ctx, o.Topic, authoritative)
		if err != nil {
			c.Close()
			return nil, err
		}
		url := found.URL
		if at.TLS {
			url = found.URLTLS
		}
		next, err := conn.ParseBroker(url)
		if err != nil {
			c.Close()
			return nil, fmt.Errorf("%s does not tell a usable address of the broker that serves the topic: %w", at, err)
		}
		if next == at && !found.Again {
			return c, nil
		}
		c.Close()
		proxied := ""
		if found.Proxied {
			proxied, next = next.Host, at
		} else if err := o.Settings.TrustBroker(next); err != nil {
			return nil, err
		}
		if c, err = o.dial(ctx, next, proxied); err != nil {
			return nil, err
		}
		if !found.Again {
			return c, nil
		}
		at, authoritative = next, found.Authoritative
	}
	c.Close()
	return nil, errors.New("the brokers send from one to the other for ever")
}

func (o Options) dial(ctx context.Context, b conn.Broker, proxyTo string) (*wire.Conn, error) {
	tls, err := o.Settings.BrokerTLS(b)
	if err != nil {
		return nil, err
	}
	c, err := wire.Dial(ctx, wire.Target{Address: b.Host, ProxyTo: proxyTo, TLS: tls, Credentials: o.Settings.Auth.Binary})
	var credentials *conn.CredentialError
	if err != nil && wire.CodeOf(err) < 0 && !errors.As(err, &credentials) {
		return nil, &Unreachable{Broker: b.String(), Err: o.Settings.TLS.Explain(err)}
	}
	return c, err
}
