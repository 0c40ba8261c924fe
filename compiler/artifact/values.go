package artifact

import "strings"

// values are the classes of the JDK and of Pulsar that messages are mostly made of,
// each with all that it extends and implements itself besides java.lang.Object;
// names without a dot are in java.lang. SequencedCollection and its kin are of Java 21.
var values = func() map[string][]string {
	m := map[string][]string{object: {}}
	for _, line := range []string{
		"String java.io.Serializable Comparable CharSequence java.lang.constant.Constable java.lang.constant.ConstantDesc",
		"Integer Number java.io.Serializable Comparable java.lang.constant.Constable java.lang.constant.ConstantDesc",
		"Long Number java.io.Serializable Comparable java.lang.constant.Constable java.lang.constant.ConstantDesc",
		"Float Number java.io.Serializable Comparable java.lang.constant.Constable java.lang.constant.ConstantDesc",
		"Double Number java.io.Serializable Comparable java.lang.constant.Constable java.lang.constant.ConstantDesc",
		"Short Number java.io.Serializable Comparable java.lang.constant.Constable",
		"Byte Number java.io.Serializable Comparable java.lang.constant.Constable",
		"Boolean java.io.Serializable Comparable java.lang.constant.Constable",
		"Character java.io.Serializable Comparable java.lang.constant.Constable",
		"Number java.io.Serializable",
		"java.math.BigInteger Number java.io.Serializable Comparable",
		"java.math.BigDecimal Number java.io.Serializable Comparable",
		"java.util.UUID java.io.Serializable Comparable",
		"java.util.Date java.io.Serializable Cloneable Comparable",
		"java.util.Optional",
		"java.util.Iterator", "Iterable",
		"java.util.Collection Iterable", "java.util.AbstractCollection java.util.Collection",
		"java.util.SequencedCollection java.util.Collection", "java.util.SequencedSet java.util.Set java.util.SequencedCollection",
		"java.util.List java.util.SequencedCollection", "java.util.Set java.util.Collection", "java.util.Queue java.util.Collection",
		"java.util.Deque java.util.Queue java.util.SequencedCollection",
		"java.util.SortedSet java.util.SequencedSet", "java.util.NavigableSet java.util.SortedSet",
		"java.util.AbstractList java.util.AbstractCollection java.util.List",
		"java.util.AbstractSequentialList java.util.AbstractList",
		"java.util.AbstractSet java.util.AbstractCollection java.util.Set",
		"java.util.ArrayList java.util.AbstractList java.util.RandomAccess Cloneable java.io.Serializable",
		"java.util.LinkedList java.util.AbstractSequentialList java.util.Deque Cloneable java.io.Serializable",
		"java.util.HashSet java.util.AbstractSet Cloneable java.io.Serializable",
		"java.util.LinkedHashSet java.util.HashSet java.util.SequencedSet",
		"java.util.TreeSet java.util.AbstractSet java.util.NavigableSet Cloneable java.io.Serializable",
		"java.util.Map", "java.util.Map$Entry", "java.util.AbstractMap java.util.Map", "java.util.SequencedMap java.util.Map",
		"java.util.SortedMap java.util.SequencedMap", "java.util.NavigableMap java.util.SortedMap",
		"java.util.HashMap java.util.AbstractMap Cloneable java.io.Serializable",
		"java.util.LinkedHashMap java.util.HashMap java.util.SequencedMap",
		"java.util.TreeMap java.util.AbstractMap java.util.NavigableMap Cloneable java.io.Serializable",
		"java.util.concurrent.ConcurrentMap java.util.Map",
		"java.util.concurrent.ConcurrentHashMap java.util.AbstractMap java.util.concurrent.ConcurrentMap java.io.Serializable",
		"java.util.Properties java.util.Hashtable", "java.util.Hashtable java.util.Dictionary java.util.Map Cloneable java.io.Serializable",
		"java.util.Dictionary", "java.util.RandomAccess", "Cloneable",
		"org.apache.pulsar.client.api.schema.GenericObject",
		"org.apache.pulsar.client.api.schema.GenericRecord org.apache.pulsar.client.api.schema.GenericObject",
		"org.apache.pulsar.common.schema.KeyValue",
		"Void", "CharSequence", "Comparable", "java.io.Serializable", "java.lang.constant.Constable", "java.lang.constant.ConstantDesc",
	} {
		words := strings.Fields(line)
		for i, w := range words {
			if !strings.Contains(w, ".") {
				words[i] = "java.lang." + w
			}
		}
		m[words[0]] = words[1:]
	}
	return m
}()

// final tells whether nothing can extend a class of the JDK.
func final(class string) bool {
	switch class {
	case "java.lang.String", "java.lang.Integer", "java.lang.Long", "java.lang.Float", "java.lang.Double", "java.lang.Short",
		"java.lang.Byte", "java.lang.Boolean", "java.lang.Character", "java.lang.Void":
		return true
	}
	return false
}
