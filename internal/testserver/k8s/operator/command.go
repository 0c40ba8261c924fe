package operator

import (
	"fmt"
	"strings"
)

// command returns the shell command of a child's container. It can be run as it is
// where the image's paths exist.
func command(k kind, c object) (string, error) {
	d, err := details(k, c)
	if err != nil {
		return "", err
	}
	spec := c.sub("spec")
	shard := "SHARD_ID=${POD_NAME##*-} && echo shardId=${SHARD_ID} && exec "
	common := []string{
		"--instance_id", "${SHARD_ID}", "--function_id", "${SHARD_ID}-" + c.uid(), "--function_version", "0",
		"--function_details", quote(string(d)), "--pulsar_serviceurl", "$brokerServiceURL",
		"--max_buffered_tuples", "100", "--port", "9093", "--metrics_port", "9094", "--expected_healthcheck_interval", "-1",
		"--cluster_name", quote(orElse(spec.text("clusterName"), "kubernetes")),
	}
	if spec.text("pulsar", "authSecret") != "" && !spec.has("pulsar", "authConfig") {
		common = append(common, "--client_auth_plugin", "$clientAuthenticationPlugin", "--client_auth_params", "$clientAuthenticationParameters")
	}
	var words []string
	switch {
	case spec.has("golang"):
		return shard + quote(spec.text("golang", "go")) + " -instance-conf " + quote(string(d)), nil
	case spec.has("python"):
		words = append([]string{"python", "/pulsar/instances/python-instance/python_instance_main.py", "--py", quote(spec.text("python", "py"))}, common...)
	case spec.has("java"):
		words = []string{
			"java", "-cp", "/pulsar/instances/java-instance.jar:/pulsar/instances/deps/*",
			"-Dpulsar.functions.instance.classpath=/pulsar/lib/*", "-Dpulsar.functions.extra.dependencies.dir=/pulsar/instances/deps",
			"-Dlog4j.configurationFile=kubernetes_instance_log4j2.xml",
		}
		for _, o := range spec.texts("java", "javaOpts") {
			words = append(words, quote(o))
		}
		words = append(words, "org.apache.pulsar.functions.instance.JavaInstanceMain", "--jar", quote(spec.text("java", "jar")))
		words = append(words, common...)
		if n := spec.text("maxPendingAsyncRequests"); n != "" {
			words = append(words, "--pending_async_requests", n)
		}
		if len(spec.sub("secretsMap")) > 0 {
			words = append(words, "--secrets_provider", "org.apache.pulsar.functions.secretsprovider.EnvironmentBasedSecretsProvider")
		}
	default:
		words = []string{quote(spec.text("genericRuntime", "functionFile")), "--function_details", quote(string(d))}
	}
	return fmt.Sprint(shard, strings.Join(words, " ")), nil
}

// quote makes one word of a text for a shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
