package wire

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// protocolVersion is what we say that we speak: that of topic epochs (v17 and
// later), which 4.x brokers all have.
const protocolVersion = 19

// helloTimeout bounds connecting, the TLS handshake and the answer to CONNECT.
const helloTimeout = 10 * time.Second

// Credentials yields the name of Pulsar's authentication method and its data,
// asked anew for each connection and whenever the broker wants fresh ones.
type Credentials func(ctx context.Context) (method string, data []byte, err error)

// Target is where to connect and as whom.
type Target struct {
	// Address is host:port.
	Address string
	// ProxyTo is the broker, host:port, behind a Pulsar proxy at Address; "" without a proxy.
	ProxyTo string
	// TLS is used if it is not nil; its ServerName is the host of Address unless set.
	TLS *tls.Config
	// Credentials may be nil for none.
	Credentials Credentials
}

// Conn is a connection to a broker. It is safe for use by several goroutines.
type Conn struct {
	nc          net.Conn
	credentials Credentials
	closed      chan struct{}
	// largest is the broker's max_message_size, 0 if it did not tell.
	largest int

	writing sync.Mutex

	mu     sync.Mutex
	err    error
	nextID uint64
	calls  map[uint64]chan answer
	pongs  []chan struct{}
	// producers and readers are those of Produce and Read, by their number on this connection.
	producers map[uint64]*Producer
	readers   map[uint64]*Reader
	nextPeer  uint64
	// proofs counts the messages of Prove.
	proofs uint64
}

type answer struct {
	kind   kind
	fields fields
}

// Dial connects and says hello. Errors: a network error, one of TLS, one of the
// credentials, or a *ServerError when the broker does not take them.
func Dial(ctx context.Context, t Target) (*Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, helloTimeout)
	defer cancel()
	nc, err := dial(ctx, t)
	if err != nil {
		return nil, err
	}
	// Closing makes the reads and writes of the hello end with ctx.
	stop := context.AfterFunc(ctx, func() { _ = nc.Close() })
	defer stop()
	c := &Conn{nc: nc, credentials: t.Credentials, closed: make(chan struct{}), calls: map[uint64]chan answer{},
		producers: map[uint64]*Producer{}, readers: map[uint64]*Reader{}}
	if err := c.hello(ctx, t.ProxyTo); err != nil {
		_ = nc.Close()
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, fmt.Errorf("%s: %w", t.Address, err)
	}
	if !stop() {
		return nil, fmt.Errorf("%s: %w", t.Address, context.Cause(ctx))
	}
	go c.read()
	return c, nil
}

func dial(ctx context.Context, t Target) (net.Conn, error) {
	d := &net.Dialer{KeepAlive: 15 * time.Second}
	if t.TLS == nil {
		return d.DialContext(ctx, "tcp", t.Address)
	}
	return (&tls.Dialer{NetDialer: d, Config: t.TLS}).DialContext(ctx, "tcp", t.Address)
}

func (c *Conn) hello(ctx context.Context, proxyTo string) error {
	m := message(nil).text(1, "meshc").number(4, protocolVersion)
	method, data, err := c.authentication(ctx)
	if err != nil {
		return err
	}
	if method != "" {
		m = m.text(5, method).bytes(3, data)
	}
	if proxyTo != "" {
		m = m.text(6, proxyTo)
	}
	// FeatureFlags.supports_auth_refresh: without it a broker closes the
	// connection when the credentials end.
	m = m.bytes(10, message(nil).flag(1, true))
	if _, err := c.nc.Write(frame(kindConnect, m)); err != nil {
		return err
	}
	k, f, err := readFrame(c.nc)
	switch {
	case err != nil:
		return err
	case k == kindError:
		return refusal(f.number(2), f.text(3))
	case k != kindConnected:
		return fmt.Errorf("%w: command %d in place of CONNECTED", errFrame, k)
	}
	c.largest = int(min(f.number(3), 1<<30))
	return nil
}

func (c *Conn) authentication(ctx context.Context) (method string, data []byte, err error) {
	if c.credentials == nil {
		return "", nil, nil
	}
	return c.credentials(ctx)
}

// Largest is how many bytes a message with its metadata may have at this broker.
func (c *Conn) Largest() int {
	const usual = 5 << 20
	if c.largest == 0 {
		return usual
	}
	return c.largest
}

// Closed is closed when the connection has ended or the broker has closed the producer.
func (c *Conn) Closed() <-chan struct{} { return c.closed }

// Err tells why the connection ended; nil before.
func (c *Conn) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// errClosed is the cause when we closed it ourselves.
var errClosed = errors.New("closed")

// Close ends the connection; the broker takes it as the end of the producer.
func (c *Conn) Close() { c.fail(errClosed) }

func (c *Conn) fail(err error) {
	c.mu.Lock()
	if c.err != nil {
		c.mu.Unlock()
		return
	}
	c.err = err
	close(c.closed)
	_ = c.nc.Close()
	producers, readers := c.producers, c.readers
	c.producers, c.readers = map[uint64]*Producer{}, map[uint64]*Reader{}
	c.mu.Unlock()
	for _, r := range readers {
		r.end(err)
	}
	// Not here, where one of them may be sending.
	go func() {
		for _, p := range producers {
			p.end(err)
		}
	}()
}

// read takes what the broker sends until the connection ends.
func (c *Conn) read() {
	in := bufio.NewReaderSize(c.nc, 64<<10)
	for {
		k, f, rest, err := readCommand(in)
		switch {
		case err != nil:
		case k == kindMessage:
			err = c.message(in, f, rest)
		default:
			err = skip(in, k, rest)
		}
		if err != nil {
			c.fail(fmt.Errorf("the connection to the broker ended: %w", err))
			return
		}
		if err := c.handle(k, f); err != nil {
			c.fail(err)
			return
		}
	}
}

// message reads what follows a MESSAGE command and hands it to its reader.
func (c *Conn) message(in io.Reader, f fields, rest int64) error {
	r := c.reader(f.number(1))
	id, err := parse(f.bytes(2))
	if err != nil {
		return err
	}
	if r == nil {
		_, err := io.CopyN(io.Discard, in, rest)
		return err
	}
	m := Received{Position: positionOf(id)}
	body := make([]byte, min(rest, int64(r.largest)))
	if _, err := io.ReadFull(in, body); err != nil {
		return err
	}
	if m.open(body); rest > int64(r.largest) {
		m.Damaged, m.Payload = fmt.Errorf("it has %d bytes", rest), nil
		if _, err := io.CopyN(io.Discard, in, rest-int64(len(body))); err != nil {
			return err
		}
	}
	r.deliver(m)
	return nil
}

// handle does what a command other than MESSAGE says.
func (c *Conn) handle(k kind, f fields) error {
	switch k {
	case kindPing:
		return c.write(frame(kindPong, nil))
	case kindPong:
		c.pong()
	case kindAuthChallenge:
		return c.answerChallenge()
	case kindCloseProducer:
		p := c.producer(f.number(1))
		if p == nil && f.number(1) == producerID {
			// A broker that gives the topic away, or an administrator, wants it so.
			return errors.New("the broker closed the producer")
		}
		if p != nil {
			c.forget(p.id)
			p.end(errTaken)
		}
	case kindCloseConsumer:
		if r := c.reader(f.number(1)); r != nil {
			c.forget(r.id)
			r.end(errTaken)
		}
	case kindActiveChange:
		if r := c.reader(f.number(1)); r != nil && r.active != nil {
			r.active(f.number(2) != 0)
		}
	case kindSendReceipt, kindSendError:
		if p := c.producer(f.number(1)); p != nil {
			p.answered(f, k == kindSendError)
		}
	case kindProducerSuccess:
		if ready, told := f[6]; told && ready.number == 0 {
			break // it waits in the broker's queue
		}
		c.settle(f.number(1), answer{k, f})
	case kindError, kindSuccess:
		c.settle(f.number(1), answer{k, f})
	case kindLastMessageIs:
		c.settle(f.number(2), answer{k, f})
	case kindLookupResponse:
		c.settle(f.number(4), answer{k, f})
	default:
		// Newer brokers may say more than we know.
	}
	return nil
}

// answerChallenge sends fresh credentials, which brokers ask for when the old ones end.
func (c *Conn) answerChallenge() error {
	ctx, cancel := context.WithTimeout(context.Background(), helloTimeout)
	defer cancel()
	method, data, err := c.authentication(ctx)
	if err != nil {
		return err
	}
	m := message(nil).text(1, "meshc").bytes(2, message(nil).text(1, method).bytes(2, data)).number(3, protocolVersion)
	return c.write(frame(kindAuthResponse, m))
}

func (c *Conn) write(b []byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	_ = c.nc.SetWriteDeadline(time.Now().Add(helloTimeout))
	_, err := c.nc.Write(b)
	return err
}

// call sends a command that build makes from the request's number and waits for its answer.
func (c *Conn) call(ctx context.Context, k kind, build func(id uint64) message) (answer, error) {
	reply := make(chan answer, 1)
	c.mu.Lock()
	c.nextID++
	id := c.nextID
	c.calls[id] = reply
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.calls, id)
	}()
	if err := c.write(frame(k, build(id))); err != nil {
		c.fail(err)
		return answer{}, err
	}
	select {
	case a := <-reply:
		if a.kind == kindError {
			return a, refusal(a.fields.number(2), a.fields.text(3))
		}
		return a, nil
	case <-c.closed:
		return answer{}, c.Err()
	case <-ctx.Done():
		return answer{}, context.Cause(ctx)
	}
}

func (c *Conn) settle(id uint64, a answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if reply, ok := c.calls[id]; ok {
		delete(c.calls, id)
		reply <- a
	}
}
