package manager

import (
	"fmt"
	"net"
	"net/http"
	"strings"
)

// browsers refuses what a page of another web site has a browser send: it goes out from
// the desk where the browser runs, by itself and with that one's client certificate.
// Browsers tell it in Sec-Fetch-Site or Origin; other programs send neither. Where nobody
// has to say who asks, the name that is asked for is looked at as well: a page may give a
// name of its own to the loopback interface (DNS rebinding), and is then of the same site.
func (m *Manager) browsers() func(*http.Request) error {
	sites := http.NewCrossOriginProtection()
	_, open := m.opts.Gate.(Open)
	return func(r *http.Request) error {
		if err := sites.Check(r); err != nil {
			return fmt.Errorf("%w: a page of another web site has sent this (%w)", ErrForbidden, err)
		}
		if open && !loopbackName(r.Host) {
			return fmt.Errorf("%w: this manager asks nobody who it is, and answers on the loopback interface only, as localhost or 127.0.0.1", ErrForbidden)
		}
		return nil
	}
}

// loopbackName tells whether a Host is the loopback interface by a name that only this
// machine gives.
func loopbackName(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
