package conn

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// bases are the web service addresses in the order in which they are tried, all
// of one scheme and path, their ports written out.
type bases []*url.URL

// String is the form of Pulsar's multi-host URLs: scheme://a:1,b:2/path.
func (b bases) String() string {
	hosts := make([]string, len(b))
	for i, u := range b {
		hosts[i] = u.Host
	}
	return b[0].Scheme + "://" + strings.Join(hosts, ",") + b[0].Path
}

// origin is what credentials are bound to: scheme, host and port, as text.
func origin(u *url.URL) string {
	host, scheme := strings.ToLower(u.Hostname()), strings.ToLower(u.Scheme)
	port := u.Port()
	if port == "" {
		port = defaultPort[scheme]
	}
	return scheme + "://" + net.JoinHostPort(strings.TrimSuffix(host, "."), port)
}

var defaultPort = map[string]string{"http": "80", "https": "443"}

// parseBases reads a web service URL with one host or several.
func parseBases(text string) (bases, error) {
	hosts, scheme, path, err := splitService(text)
	if errors.Is(err, errTwoSchemes) {
		return nil, fmt.Errorf("admin URL %q is not valid: the scheme stands once: write %s", withoutUser(text), oneScheme(text))
	}
	if err != nil || (scheme != "http" && scheme != "https") {
		return nil, fmt.Errorf("admin URL %q is not valid: write http://host:8080 or https://host:8443, several hosts as http://a:8080,b:8080", withoutUser(text))
	}
	var out bases
	for _, host := range hosts {
		u, err := url.Parse(scheme + "://" + host + path)
		if err != nil || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" {
			return nil, fmt.Errorf("admin URL %q is not valid: host %q cannot be read; write http://host:8080", withoutUser(text), host)
		}
		u.Host = strings.TrimPrefix(origin(u), scheme+"://")
		u.Path = strings.TrimRight(u.Path, "/")
		out = append(out, u)
	}
	return out, nil
}

// parseBroker checks a binary service URL and returns it without user and path.
func parseBroker(text string) (string, error) {
	hosts, scheme, _, err := splitService(text)
	if errors.Is(err, errTwoSchemes) {
		return "", fmt.Errorf("broker URL %q is not valid: the scheme stands once: write %s", withoutUser(text), oneScheme(text))
	}
	if err != nil || (scheme != "pulsar" && scheme != "pulsar+ssl") {
		return "", fmt.Errorf("broker URL %q is not valid: write pulsar://host:6650 or pulsar+ssl://host:6651", withoutUser(text))
	}
	port := map[string]string{"pulsar": "6650", "pulsar+ssl": "6651"}[scheme]
	for i, host := range hosts {
		u, err := url.Parse("x://" + host)
		if err != nil || u.Hostname() == "" {
			return "", fmt.Errorf("broker URL %q is not valid: host %q cannot be read; write pulsar://host:6650", withoutUser(text), host)
		}
		if u.Port() == "" {
			hosts[i] = net.JoinHostPort(u.Hostname(), port)
		}
	}
	return scheme + "://" + strings.Join(hosts, ","), nil
}

// errTwoSchemes tells of a list of URLs where a list of hosts belongs.
var errTwoSchemes = errors.New("more than one scheme")

// oneScheme writes a list of URLs as it has to be: the scheme once, then the hosts.
func oneScheme(text string) string {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(withoutUser(text)), "://")
	var hosts []string
	for host := range strings.FieldsFuncSeq(rest, func(r rune) bool { return r == ',' || r == ';' }) {
		if _, after, ok := strings.Cut(host, "://"); ok {
			host = after
		}
		hosts = append(hosts, strings.TrimRight(strings.TrimSpace(host), "/"))
	}
	return scheme + "://" + strings.Join(hosts, ",")
}

func splitService(text string) (hosts []string, scheme, path string, err error) {
	scheme, rest, ok := strings.Cut(strings.TrimSpace(text), "://")
	if !ok {
		return nil, "", "", fmt.Errorf("no scheme")
	}
	if strings.Contains(rest, "://") {
		return nil, "", "", errTwoSchemes
	}
	authority, path, _ := strings.Cut(rest, "/")
	if strings.Contains(path, "@") {
		// A password with a slash, or a path with an @: guessing could name another host.
		return nil, "", "", fmt.Errorf("an @ after the host")
	}
	authority = authority[strings.LastIndexByte(authority, '@')+1:]
	for host := range strings.SplitSeq(strings.ReplaceAll(authority, ";", ","), ",") {
		if host = strings.TrimSpace(host); host != "" {
			hosts = append(hosts, host)
		}
	}
	if len(hosts) == 0 {
		return nil, "", "", fmt.Errorf("no host")
	}
	if path != "" {
		path = "/" + path
	}
	return hosts, strings.ToLower(scheme), path, nil
}

// withoutUser removes "user:password@" from a URL that may not be valid and may
// name several hosts. It cuts at the last @ of the authority, since passwords
// hold anything.
func withoutUser(text string) string {
	start := strings.Index(text, "://")
	if start < 0 {
		if at := strings.LastIndexByte(text, '@'); at >= 0 {
			return text[at+1:]
		}
		return text
	}
	start += len("://")
	end := len(text)
	if at := strings.LastIndexByte(text, '@'); at >= start {
		// A slash before the last @ may be part of a password: nothing before the @ is kept.
		return text[:start] + text[at+1:end]
	}
	return text
}

// allowed is one entry of Settings.AllowedHosts.
type allowed struct{ scheme, host, port, suffix string }

func parseAllowed(entries []string, scheme string) ([]allowed, error) {
	var out []allowed
	for _, entry := range entries {
		text := withoutUser(strings.TrimSpace(entry))
		if !strings.Contains(text, "://") {
			text = scheme + "://" + text
		}
		u, err := url.Parse(text)
		if err != nil || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.Trim(u.Path, "/") != "" {
			return nil, fmt.Errorf("%s %q is not valid: write host, host:port, https://host:port or *.domain", FlagAllowHost, withoutUser(entry))
		}
		a := allowed{scheme: u.Scheme, host: strings.ToLower(u.Hostname()), port: u.Port()}
		if rest, ok := strings.CutPrefix(a.host, "*."); ok {
			a.host, a.suffix = "", "."+rest
		}
		if strings.Contains(a.host+a.suffix, "*") || a.suffix == "." {
			return nil, fmt.Errorf("%s %q is not valid: a star stands only for the first labels of a name, as in *.brokers.example.org", FlagAllowHost, entry)
		}
		out = append(out, a)
	}
	return out, nil
}

func (a allowed) matches(u *url.URL) bool {
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	port := first(u.Port(), defaultPort[u.Scheme])
	if a.scheme != u.Scheme || (a.port != "" && a.port != port) {
		return false
	}
	if a.suffix != "" {
		return strings.HasSuffix(host, a.suffix)
	}
	return host == a.host
}
